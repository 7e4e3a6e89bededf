//! Weights in several files, and the index that says which tensor is in which.

use super::contents::Contents;
use super::misfits::listed;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Whether the name is an index's: `model.safetensors.index.json`.
pub fn is_index(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b".index.json")
}

/// As `save_pretrained` of transformers writes it.
#[derive(Deserialize)]
struct Index {
    /// The file of each tensor.
    weight_map: BTreeMap<String, String>,
}

/// The names of the files that `index`, the bytes of the file at `path`, names. They stand beside it.
///
/// # Errors
/// An index that is none, or names a file elsewhere.
pub fn shards(path: &Path, index: &[u8]) -> Result<Vec<String>> {
    Ok(by_shard(path, index)?.into_keys().collect())
}

/// The tensors of each file.
fn by_shard(path: &Path, index: &[u8]) -> Result<BTreeMap<String, Vec<String>>> {
    let wrong = |why: String| Error::data(format!("{} is no index of weights: {why}", path.display()));
    let Index { weight_map } = serde_json::from_slice(index).map_err(|e| wrong(e.to_string()))?;
    if weight_map.is_empty() {
        return Err(wrong("its weight_map names no tensor".into()));
    }
    let mut shards: BTreeMap<String, Vec<String>> = BTreeMap::new();
    weight_map.into_iter().for_each(|(name, shard)| shards.entry(shard).or_default().push(name));
    match shards.keys().find(|shard| !is_beside(shard)) {
        Some(outside) => Err(wrong(format!("`{outside}` is no file beside it"))),
        None => Ok(shards),
    }
}

/// Reads the tensors of all shards, each with `read`, in the order of their names.
///
/// # Errors
/// An index that is none, or names files that are not there, all of them; a shard that is damaged or lacks a tensor.
pub(super) fn read_all(path: &Path, read: fn(&Path) -> Result<Contents>) -> Result<Contents> {
    let shards = by_shard(path, &access::read(path)?)?;
    let place = |shard: &str| -> PathBuf { path.with_file_name(shard) };
    let missing: Vec<&String> = shards.keys().filter(|shard| !access::is_file(&place(shard))).collect();
    if !missing.is_empty() {
        let (file, count, all) = (path.display(), missing.len(), shards.len());
        let message = format!("{file} names {all} files, of which {count} are not there: {}", listed(&missing));
        return Err(Error::new(ErrorKind::File, message));
    }
    let mut tensors = Vec::new();
    for (shard, names) in &shards {
        let place = place(shard);
        let mut held: BTreeMap<_, _> = read(&place)?.tensors.into_iter().collect();
        let lacking: Vec<&String> = names.iter().filter(|name| !held.contains_key(*name)).collect();
        if !lacking.is_empty() {
            let (index, shard) = (path.display(), place.display());
            return Err(Error::data(format!("{shard} has no {}, which {index} says it has", listed(&lacking))));
        }
        tensors.extend(names.iter().filter_map(|name| held.remove_entry(name)));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Contents { tensors, metadata: BTreeMap::new() })
}

fn is_beside(shard: &str) -> bool {
    matches!(Path::new(shard).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)])
}
