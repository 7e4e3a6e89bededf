//! A safetensors file, read one tensor after the other: no more of it is in memory than these and the bytes of one.

use super::contents::Contents;
use super::elements;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::ml::tensor::room_for_tensors;
use safetensors::tensor::{Dtype, Metadata};
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use tch::Kind;

/// Element kinds here and in the file; the last ones are read but not written.
pub(super) const DTYPES: [(Kind, Dtype); 9] = [
    (Kind::Float, Dtype::F32),
    (Kind::Double, Dtype::F64),
    (Kind::BFloat16, Dtype::BF16),
    (Kind::Int64, Dtype::I64),
    (Kind::Bool, Dtype::BOOL),
    (Kind::Half, Dtype::F16),
    (Kind::Int, Dtype::I32),
    (Kind::Int8, Dtype::I8),
    (Kind::Uint8, Dtype::U8),
];
/// How many of them are written.
pub(super) const WRITTEN: usize = 5;

/// The format's own limit of a header.
const LONGEST_HEADER: u64 = 100_000_000;
/// In front of the header stands its length.
const LENGTH: u64 = 8;

/// # Errors
/// As [`super::read`].
pub(super) fn read(path: &Path) -> Result<Contents> {
    let file = access::open(path)?;
    let length = file.metadata().map_err(|e| Error::file("read", path, e))?.len();
    tensors(path, BufReader::new(file), length)
}

/// # Errors
/// As [`super::read`].
pub(super) fn parse(path: &Path, file: &[u8]) -> Result<Contents> {
    tensors(path, Cursor::new(file), file.len() as u64)
}

fn tensors(path: &Path, mut file: impl Read + Seek, length: u64) -> Result<Contents> {
    let broken = |why: String| Error::data(format!("{} is not a whole safetensors file: {why}", path.display()));
    let unreadable = |e| Error::file("read", path, e);
    let header = header(&mut file, length).map_err(broken)?;
    let begin = file.stream_position().map_err(unreadable)?;
    if begin + header.data_len() as u64 != length {
        let end = begin + header.data_len() as u64;
        return Err(broken(format!("its tensors end at byte {end}, and it has {length} bytes")));
    }
    let all = header.tensors();
    room_for_tensors(|| format!("reading {}", path.display()), all.len())?;
    let mut tensors = Vec::with_capacity(all.len());
    // In the order in which they lie.
    for name in header.offset_keys() {
        let Some(info) = all.get(&name) else { continue };
        let kind = DTYPES.iter().find(|(_, dtype)| *dtype == info.dtype).map(|(kind, _)| *kind).ok_or_else(|| {
            let message =
                format!("{}: `{name}` has elements of {:?}, which are not supported", path.display(), info.dtype);
            Error::new(ErrorKind::Kind, message)
        })?;
        let (from, to) = info.data_offsets;
        let count = info.shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        let bytes = count.and_then(|count| count.checked_mul(kind.elt_size_in_bytes()));
        if to.checked_sub(from) != bytes || begin + to as u64 > length {
            return Err(broken(format!("`{name}` of shape {:?} is said to lie in bytes {from} to {to}", info.shape)));
        }
        memory::room(|| format!("reading {}", path.display()), (to - from) as u64)?;
        let mut data = vec![0; to - from];
        file.seek(SeekFrom::Start(begin + from as u64)).map_err(unreadable)?;
        file.read_exact(&mut data).map_err(unreadable)?;
        let shape: Vec<i64> = info.shape.iter().map(|n| *n as i64).collect();
        let tensor = elements::tensor(&data, &shape, kind)
            .map_err(|cause| Error::data(format!("{}: `{name}`: {cause}", path.display())))?;
        tensors.push((name, tensor));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let metadata = header.metadata().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    Ok(Contents { tensors, metadata })
}

fn header(file: &mut impl Read, length: u64) -> Result<Metadata, String> {
    let mut size = [0; LENGTH as usize];
    file.read_exact(&mut size).map_err(|_| "it is shorter than any".to_string())?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST_HEADER || size > length.saturating_sub(LENGTH) {
        return Err(format!("a header of {size} bytes is not in it"));
    }
    let mut header = vec![0; size as usize];
    file.read_exact(&mut header).map_err(|e| e.to_string())?;
    serde_json::from_slice(&header).map_err(|e| format!("its header is none: {e}"))
}
