//! State dicts that `torch.save` wrote: a zip file with a pickle that describes the tensors, and a file for each storage.

use super::pickle;
use super::views::{storage, tensor};
use crate::access;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::tensor::room_for_tensors;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use tch::Tensor;
use zip::ZipArchive;

/// What a zip file begins with.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// A description of a hundred thousand tensors is shorter.
const LONGEST_PICKLE: u64 = 1 << 26;
/// What a byte of a pickle can make of memory: an empty list each, on the stack and among those that are to be freed.
pub(super) const OF_A_BYTE: u64 = 144;

type Archive = ZipArchive<BufReader<File>>;

/// Reads all tensors, in the order of their names. No code in the file is run.
///
/// # Errors
/// A file that cannot be read or is damaged, whose pickle asks for anything but tensors, or of another byte order.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Tensor)>> {
    let refused = |why: String| Error::data(format!("{} is not read: {why}", path.display()));
    let file = access::open(path)?;
    let damaged = |e: zip::result::ZipError| refused(format!("it is no whole zip file ({e})"));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let pickle = archive.file_names().flatten().find(|name| name.ends_with("/data.pkl")).map(|name| name.into_owned());
    let pickle =
        pickle.ok_or_else(|| refused("it is a zip file that torch.save did not write (no data.pkl)".into()))?;
    let root = pickle.trim_end_matches("data.pkl");
    if let Ok(order) = bytes(&mut archive, &format!("{root}byteorder"), 16)
        && order != b"little"
    {
        return Err(refused(format!("its byte order is {}", String::from_utf8_lossy(&order))));
    }
    let pickle = bytes(&mut archive, &pickle, LONGEST_PICKLE).map_err(refused)?;
    let what = || format!("reading a pickle of {} bytes, in {},", pickle.len(), path.display());
    memory::room(what, pickle.len() as u64 * OF_A_BYTE)?;
    let described = pickle::state_dict(&pickle).map_err(refused)?;
    room_for_tensors(|| format!("reading {}", path.display()), described.len())?;
    let mut storages: HashMap<String, Tensor> = HashMap::new();
    let mut tensors = Vec::with_capacity(described.len());
    for (name, view) in described {
        let key = view.storage.key.clone();
        if !storages.contains_key(&key) {
            let length = view.storage.bytes().ok_or_else(|| refused(format!("storage {key} has no size")))?;
            let data = bytes(&mut archive, &format!("{root}data/{key}"), length).map_err(refused)?;
            storages.insert(key.clone(), storage(&data, &view.storage).map_err(&refused)?);
        }
        tensors
            .push((name.clone(), tensor(&storages[&key], &view).map_err(|why| refused(format!("`{name}`: {why}")))?));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(tensors)
}

/// A file of the archive, which must not be longer than `limit`: a small zip file can hold a very long one.
fn bytes(archive: &mut Archive, name: &str, limit: u64) -> Result<Vec<u8>, String> {
    let entry = archive.by_name(name).map_err(|e| format!("{name}: {e}"))?;
    let mut data = Vec::new();
    entry.take(limit + 1).read_to_end(&mut data).map_err(|e| format!("{name}: {e}"))?;
    match data.len() as u64 > limit {
        true => Err(format!("{name} is longer than {limit} bytes")),
        false => Ok(data),
    }
}
