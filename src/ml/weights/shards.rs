//! Weights in several files, and the index that says which tensor is in which.

use super::contents::Contents;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// What the name of an index ends with: `model.safetensors.index.json`.
pub(super) const ENDING: &str = ".index.json";

/// As `save_pretrained` of transformers writes it.
#[derive(Deserialize)]
struct Index {
    /// The file of each tensor.
    weight_map: BTreeMap<String, String>,
}

/// Reads the tensors of all shards, each with `read`, in the order of their names.
///
/// # Errors
/// An index that is none, or names files that are not there, all of them; a shard that is damaged or lacks a tensor.
pub(super) fn read_all(path: &Path, read: fn(&Path) -> Result<Contents>) -> Result<Contents> {
    let wrong = |why: String| Error::data(format!("{} is no index of weights: {why}", path.display()));
    let Index { weight_map } = serde_json::from_slice(&access::read(path)?).map_err(|e| wrong(e.to_string()))?;
    if weight_map.is_empty() {
        return Err(wrong("its weight_map names no tensor".into()));
    }
    let mut shards: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    weight_map.iter().for_each(|(name, shard)| shards.entry(shard).or_default().push(name));
    if let Some(outside) = shards.keys().find(|shard| !is_beside(shard)) {
        return Err(wrong(format!("`{outside}` is no file beside it")));
    }
    let place = |shard: &str| -> PathBuf { path.with_file_name(shard) };
    let missing: Vec<&str> = shards.keys().copied().filter(|shard| !access::is_file(&place(shard))).collect();
    if !missing.is_empty() {
        let (file, count, all) = (path.display(), missing.len(), shards.len());
        let message = format!("{file} names {all} files, of which {count} are not there: {}", listed(&missing));
        return Err(Error::new(ErrorKind::File, message));
    }
    let mut tensors = Vec::with_capacity(weight_map.len());
    for (shard, names) in &shards {
        let place = place(shard);
        let mut held: BTreeMap<_, _> = read(&place)?.tensors.into_iter().collect();
        let lacking: Vec<&str> = names.iter().copied().filter(|name| !held.contains_key(*name)).collect();
        if !lacking.is_empty() {
            let (index, shard) = (path.display(), place.display());
            return Err(Error::data(format!("{shard} has no {}, which {index} says it has", listed(&lacking))));
        }
        tensors.extend(names.iter().filter_map(|name| held.remove_entry(*name)));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Contents { tensors, metadata: BTreeMap::new() })
}

fn is_beside(shard: &str) -> bool {
    matches!(Path::new(shard).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)])
}

/// The first five, and how many more.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let first = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
