//! A file of which parts are read, by their places; or what was unpacked of one.

use crate::error::{Error, Result};
use crate::{access, memory};
use bytes::Bytes;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cheap to copy. Files are expected to be left alone while they are read.
#[derive(Debug, Clone)]
pub(super) struct Blob {
    /// For messages.
    pub path: PathBuf,
    length: u64,
    holds: Holds,
}

#[derive(Debug, Clone)]
enum Holds {
    File(Arc<File>),
    Bytes(Bytes),
}

impl Blob {
    /// # Errors
    /// Those of [`access::open`].
    pub fn open(path: &Path) -> Result<Blob> {
        let file = access::open(path)?;
        let length = file.metadata().map_err(|e| Error::file("read", path, e))?.len();
        Ok(Blob { path: path.to_path_buf(), length, holds: Holds::File(Arc::new(file)) })
    }

    pub fn unpacked(path: &Path, bytes: Vec<u8>) -> Blob {
        Blob { path: path.to_path_buf(), length: bytes.len() as u64, holds: Holds::Bytes(bytes.into()) }
    }

    pub fn len(&self) -> u64 {
        self.length
    }

    /// `length` bytes from `start` on.
    ///
    /// # Errors
    /// A part that the file does not have, before anything is taken for it; too little memory.
    pub fn part(&self, start: u64, length: u64) -> Result<Bytes> {
        let end = start.checked_add(length).filter(|end| *end <= self.length);
        let Some(end) = end else {
            let (path, all) = (self.path.display(), self.length);
            return Err(Error::data(format!(
                "{path} is damaged, or not whole: it has {all} bytes, and says of {length} that they begin at {start}"
            )));
        };
        match &self.holds {
            Holds::Bytes(bytes) => Ok(bytes.slice(start as usize..end as usize)),
            Holds::File(file) => {
                memory::room(|| format!("reading {}", self.path.display()), length)?;
                let unreadable = |e| Error::file("read", &self.path, e);
                let mut bytes = Vec::with_capacity(length as usize);
                let mut file: &File = file;
                file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
                match file.take(length).read_to_end(&mut bytes).map_err(unreadable)? as u64 == length {
                    true => Ok(bytes.into()),
                    false => Err(self.damaged("it has become shorter while it was read")),
                }
            }
        }
    }

    /// At most `length` bytes from `start` on.
    ///
    /// # Errors
    /// As [`Self::part`].
    pub fn at_most(&self, start: u64, length: u64) -> Result<Bytes> {
        self.part(start.min(self.length), length.min(self.length.saturating_sub(start)))
    }

    /// An error that says of the file what is wrong with it.
    pub fn damaged(&self, why: impl std::fmt::Display) -> Error {
        Error::data(format!("{} is damaged, or not whole: {why}", self.path.display()))
    }
}
