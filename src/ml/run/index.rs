//! Git's index: what it knows of each file that it tracks (gitformat-index, versions 2 to 4).

use crate::access;
use cap_std::fs::Metadata;
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};

/// Kinds of entries, as they stand in front of a file's permissions.
const FILE: u32 = 0o10;
const SUBMODULE: u32 = 0o16;
/// What its owner may run.
const EXECUTABLE: u32 = 0o100;

pub struct Index {
    pub entries: Vec<Entry>,
    /// Whether it is the tree of a commit, as git has noted there; what was added since has made that void.
    pub is_commits: bool,
}

#[derive(Debug, Default, Clone)]
pub struct Entry {
    path: Vec<u8>,
    /// The time of its last change.
    modified: (u32, u32),
    mode: u32,
    size: u32,
    /// SHA-1 of what git knows.
    hash: [u8; 20],
    /// Whether git was told to take it as it is.
    is_assumed: bool,
}

impl Index {
    /// None where it is damaged, or in a way that is not known here, as that with hashes of SHA-256.
    pub fn read(bytes: &[u8]) -> Option<Index> {
        let (mut at, version, count) = match (bytes.get(..4)?, number(bytes, 4)?, number(bytes, 8)?) {
            (b"DIRC", version @ 2..=4, count) => (12, version, count),
            _ => return None,
        };
        let mut entries: Vec<Entry> = Vec::new();
        for _ in 0..count {
            let start = at;
            let word = |place: usize| number(bytes, start + 4 * place);
            let flags = u16::from_be_bytes(bytes.get(start + 60..start + 62)?.try_into().ok()?);
            let is_extended = version >= 3 && flags & 0x4000 != 0;
            at += if is_extended { 64 } else { 62 };
            let more = if is_extended { u16::from_be_bytes(bytes.get(at - 2..at)?.try_into().ok()?) } else { 0 };
            let mut path = Vec::new();
            if version == 4 {
                let before = entries.last().map(|entry| entry.path.as_slice()).unwrap_or_default();
                let cut = varint(bytes, &mut at)?;
                path.extend(before.get(..before.len().checked_sub(cut)?)?);
            }
            let length = bytes.get(at..)?.iter().position(|byte| *byte == 0)?;
            path.extend(&bytes[at..at + length]);
            at += length + 1;
            if version < 4 {
                // From one to eight zeros, to a whole number of eights.
                at = start + (at - start).next_multiple_of(8);
            }
            let is_assumed = flags & 0x8000 != 0 || more & 0x4000 != 0;
            entries.push(Entry {
                path,
                modified: (word(2)?, word(3)?),
                mode: word(6)?,
                size: word(9)?,
                hash: bytes.get(start + 40..start + 60)?.try_into().ok()?,
                is_assumed,
            });
        }
        Some(Index { entries, is_commits: is_tree_noted(bytes, at) })
    }
}

/// Whether the extension TREE has a tree for the whole: `\0COUNT SUBTREES\nHASH`, where a void one has the count -1.
fn is_tree_noted(bytes: &[u8], mut at: usize) -> bool {
    while let (Some(name), Some(size)) = (bytes.get(at..at + 4), number(bytes, at + 4)) {
        if name == b"TREE" {
            return bytes.get(at + 8) == Some(&0) && bytes.get(at + 9).is_some_and(u8::is_ascii_digit);
        }
        // The last is the checksum of the file, which has no name.
        if !name.iter().all(u8::is_ascii_alphabetic) {
            return false;
        }
        at += 8 + size as usize;
    }
    false
}

/// Whether the file of `entry` below `work` is another than git knows; none where it cannot be told.
pub fn is_changed(work: &Path, entry: &Entry) -> Option<bool> {
    let kind = entry.mode >> 12;
    if entry.is_assumed || kind == SUBMODULE {
        return Some(false);
    }
    let path = work.join(path_of(&entry.path)?);
    let Some(found) = access::link_metadata(&path).ok()? else { return Some(true) };
    let (mode, modified) = mode_and_time(&found)?;
    let size = found.len() as u32;
    let is_other = mode >> 12 != kind || kind == FILE && (mode ^ entry.mode) & EXECUTABLE != 0;
    // Git writes 0 for one that was changed in the moment in which it looked.
    if is_other || size != entry.size && entry.size != 0 {
        return Some(true);
    }
    if modified == entry.modified && size == entry.size {
        return Some(false);
    }
    if kind != FILE {
        return None;
    }
    // It may have been written again as it was.
    let bytes = access::read(&path).ok()?;
    let hash = Sha1::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    Some(hash.as_slice() != entry.hash)
}

#[cfg(unix)]
fn mode_and_time(found: &Metadata) -> Option<(u32, (u32, u32))> {
    use cap_std::fs::MetadataExt;
    Some((found.mode(), (found.mtime() as u32, found.mtime_nsec() as u32)))
}

#[cfg(not(unix))]
fn mode_and_time(_: &Metadata) -> Option<(u32, (u32, u32))> {
    None
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(std::ffi::OsStr::from_bytes(bytes).into())
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// How many bytes of the path before are cut, as git's packs write a distance.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value.checked_shl(7)? + usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value += 1;
    }
}
