//! A run folder that this program has: no other one writes into it.

use super::heartbeat;
use super::lock::lock;
use super::names::LOCK;
use crate::access;
use crate::error::Result;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is at the place of a run folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The folder with the lock that this run holds.
    Ours,
    Nothing,
    /// A folder with the lock of another run, at work or over.
    Others,
}

/// Copies are the same folder, which is free once the last of them is gone.
#[derive(Debug, Clone)]
pub struct Held {
    path: PathBuf,
    lock: Arc<File>,
}

impl Held {
    /// Takes the folder, which is made where it is missing, and begins to give its sign of life.
    ///
    /// # Errors
    /// A folder that cannot be made or written, or in which another program is at work.
    pub fn take(path: PathBuf) -> Result<Self> {
        let lock = Arc::new(lock(&path)?);
        heartbeat::begin(&lock);
        Ok(Held { path, lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is at its place now. The lock tells: a file that was made anew is another one.
    ///
    /// # Errors
    /// A place that may not be read.
    pub fn found(&self) -> Result<Found> {
        Ok(match access::metadata(&self.path.join(LOCK))? {
            None => Found::Nothing,
            Some(there) if is_same(&there, &self.lock) => Found::Ours,
            Some(_) => Found::Others,
        })
    }
}

#[cfg(unix)]
fn is_same(there: &cap_std::fs::Metadata, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let there = (cap_std::fs::MetadataExt::dev(there), cap_std::fs::MetadataExt::ino(there));
    file.metadata().is_ok_and(|own| (own.dev(), own.ino()) == there)
}

#[cfg(not(unix))]
fn is_same(_: &cap_std::fs::Metadata, _: &File) -> bool {
    true
}
