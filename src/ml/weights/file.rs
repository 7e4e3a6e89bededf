//! Files of named tensors: safetensors is written and read, what `torch.save` wrote is read.

use super::contents::Contents;
use super::reader::{DTYPES, WRITTEN};
use super::{old, pickle, pytorch, reader, shards};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use crate::ml::tensor::{During, describe};
use crc32fast::Hasher;
use safetensors::tensor::TensorView;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use tch::{Device, Tensor};

/// Writes tensors and `metadata`; `format: "pt"`, which transformers asks for, is added. The file is there whole or not at
/// all: it is written beside its place, synced and renamed. Gives the CRC-32 of its bytes.
///
/// # Errors
/// An element kind that the project does not use, one name twice, a path that cannot be written.
pub fn save(path: &Path, tensors: &[(String, Tensor)], metadata: &BTreeMap<String, String>) -> Result<u32> {
    let mut sorted: Vec<&(String, Tensor)> = tensors.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::value(format!("cannot save two tensors under one name, `{}`", pair[0].0)));
    }
    let mut stored = Vec::with_capacity(sorted.len());
    for (name, tensor) in sorted {
        let dtype =
            DTYPES[..WRITTEN].iter().find(|(kind, _)| *kind == tensor.kind()).map(|(_, dtype)| *dtype).ok_or_else(
                || {
                    Error::new(
                        ErrorKind::Kind,
                        format!("cannot save `{name}`: {} has no place in the file", describe(tensor)),
                    )
                },
            )?;
        let shape: Vec<usize> = tensor.size().into_iter().map(|n| n as usize).collect();
        stored.push((name.as_str(), dtype, shape, bytes(tensor)?));
    }
    let mut views = Vec::with_capacity(stored.len());
    for (name, dtype, shape, data) in &stored {
        let view = TensorView::new(*dtype, shape.clone(), data).map_err(|e| Error::file("write", path, e))?;
        views.push((*name, view));
    }
    let file = safetensors::serialize(views, None).map_err(|e| Error::file("write", path, e))?;
    let (header, body) = with_metadata(&file, metadata).map_err(|e| Error::file("write", path, e))?;
    write_atomically(path, |file| file.write_all(&header).and_then(|()| file.write_all(body)))?;
    let mut crc = Hasher::new();
    crc.update(&header);
    crc.update(body);
    Ok(crc.finalize())
}

/// The file's header with metadata in it, and the bytes behind the header. The crate takes metadata as a `HashMap`, which
/// would write them in another order each time, and the same weights must give the same bytes.
fn with_metadata<'a>(file: &'a [u8], metadata: &BTreeMap<String, String>) -> serde_json::Result<(Vec<u8>, &'a [u8])> {
    let mut text = BTreeMap::from([("format".to_string(), "pt".to_string())]);
    text.extend(metadata.clone());
    let (length, rest) = file.split_at(8);
    let length = length.iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte));
    let (tensors, body) = rest.split_at(length);
    let tensors: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(tensors)?;
    let mut all = serde_json::Map::from_iter([("__metadata__".to_string(), serde_json::to_value(text)?)]);
    all.extend(tensors);
    let mut json = serde_json::to_vec(&all)?;
    json.resize(json.len().next_multiple_of(8), b' ');
    let mut header = (json.len() as u64).to_le_bytes().to_vec();
    header.append(&mut json);
    Ok((header, body))
}

/// Reads all tensors of a file: safetensors, a state dict that `torch.save` wrote, of which no code is run, or the index of several such
/// files.
///
/// # Errors
/// A file that cannot be read, is cut short or of none of these formats; an element kind that the project does not use; a pickle
/// that asks for anything but tensors; more of them than memory has room for; what an index names and is not there.
pub fn read(path: &Path) -> Result<Contents> {
    if shards::is_index(path) {
        return shards::read_all(path, read);
    }
    let mut start = Vec::new();
    access::open(path)?
        .take(pickle::OLD.len() as u64)
        .read_to_end(&mut start)
        .map_err(|e| Error::file("read", path, e))?;
    let of_torch = |tensors| Contents { tensors, metadata: BTreeMap::new() };
    if start.starts_with(pytorch::MAGIC) {
        return pytorch::read(path).map(of_torch);
    }
    if start == pickle::OLD {
        return old::read(path).map(of_torch);
    }
    reader::read(path)
}

/// The tensors in the bytes of the safetensors file at `path`, as [`read`] gives them.
///
/// # Errors
/// As [`read`].
pub fn parse(path: &Path, file: &[u8]) -> Result<Contents> {
    reader::parse(path, file)
}

/// The elements, row by row; little-endian, as every platform of libtorch is.
fn bytes(tensor: &Tensor) -> Result<Vec<u8>> {
    let tensor = tensor
        .f_detach()
        .and_then(|t| t.f_to_device(Device::Cpu))
        .and_then(|t| t.f_contiguous())
        .during("saving weights", &[tensor])?;
    let mut data = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
    if !data.is_empty() {
        tensor.f_copy_data_u8(&mut data, tensor.numel()).during("saving weights", &[&tensor])?;
    }
    Ok(data)
}
