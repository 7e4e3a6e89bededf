//! State dicts that `torch.save` wrote before version 1.6, or with `_use_new_zipfile_serialization=False`: some pickles, and behind them
//! each storage, with a count of its elements in front.

use super::pickle;
use super::pytorch::OF_A_BYTE;
use super::views::{storage, tensor};
use crate::access;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::tensor::room_for_tensors;
use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use tch::Tensor;

/// The pickles of ten thousand tensors are shorter.
const LONGEST: u64 = 1 << 22;

/// Reads all tensors, in the order of their names. No code in the file is run.
///
/// # Errors
/// A file that cannot be read or is damaged, whose pickles ask for anything but tensors, or of another byte order.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Tensor)>> {
    let refused = |why: String| Error::data(format!("{} is not read: {why}", path.display()));
    let unreadable = |e| Error::file("read", path, e);
    let mut file = access::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(LONGEST).read_to_end(&mut head).map_err(unreadable)?;
    memory::room(|| format!("reading the pickles of {}", path.display()), head.len() as u64 * OF_A_BYTE)?;
    let pickle::Old { tensors: described, keys, length } = pickle::old(&head).map_err(refused)?;
    drop(head);
    room_for_tensors(|| format!("reading {}", path.display()), described.len())?;
    file.seek(SeekFrom::Start(length as u64)).map_err(unreadable)?;
    let mut file = BufReader::new(file);
    let mut storages: HashMap<String, Tensor> = HashMap::new();
    for key in keys {
        let of_key = described.iter().find(|(_, view)| view.storage.key == key).map(|(_, view)| &view.storage);
        let of_key = of_key.ok_or_else(|| refused(format!("no tensor has its storage {key}")))?;
        let cut = || refused(format!("it ends within its storage {key}"));
        let mut count = [0; 8];
        file.read_exact(&mut count).map_err(|_| cut())?;
        if i64::from_le_bytes(count) != of_key.len {
            let (held, said) = (i64::from_le_bytes(count), of_key.len);
            return Err(refused(format!("its storage {key} has {held} elements, and is said to have {said}")));
        }
        let bytes = of_key.bytes().ok_or_else(|| refused(format!("storage {key} has no size")))?;
        let mut data = Vec::new();
        file.by_ref().take(bytes).read_to_end(&mut data).map_err(unreadable)?;
        if data.len() as u64 != bytes {
            return Err(cut());
        }
        storages.insert(key, storage(&data, of_key).map_err(refused)?);
    }
    let mut tensors = Vec::with_capacity(described.len());
    for (name, view) in &described {
        let key = &view.storage.key;
        let found = storages.get(key).ok_or_else(|| refused(format!("`{name}`: it has no storage {key}")))?;
        tensors.push((name.clone(), tensor(found, view).map_err(|why| refused(format!("`{name}`: {why}")))?));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(tensors)
}
