//! The bytes of a table: in memory, or in a file that is too large for that.

use crate::error::{Error, Result};
use crate::{access, memory};
use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file of so many bytes and more is read piece by piece, and its texts whenever they are asked for.
const LARGE: u64 = 64 << 20;

/// Bytes that are read by their place.
#[derive(Debug)]
pub(super) enum Source {
    Memory(Vec<u8>),
    File(Opened),
}

/// A file as it was when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    path: PathBuf,
    file: File,
    /// Places are counted from here.
    begin: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Opened {
    /// # Errors
    /// As [`access::open`].
    pub fn new(path: &Path) -> Result<Opened> {
        let file = access::open(path)?;
        let of_file = file.metadata().map_err(|e| Error::file("read", path, e))?;
        Ok(Opened {
            path: path.to_path_buf(),
            begin: 0,
            length: of_file.len(),
            modified: of_file.modified().ok(),
            file,
        })
    }

    pub fn is_large(&self) -> bool {
        self.length >= LARGE
    }

    /// What stands from `begin` on.
    pub fn from(self, begin: u64) -> Opened {
        Opened { begin, ..self }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.length.saturating_sub(self.begin)
    }

    /// All of it.
    ///
    /// # Errors
    /// More than there is memory for; a file that cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        self.part(0, self.len() as usize)
    }

    /// `length` bytes at `place`.
    ///
    /// # Errors
    /// More than there is memory for; a file that cannot be read, or whose bytes are no longer what they were.
    pub fn part(&self, place: u64, length: usize) -> Result<Vec<u8>> {
        let length = length.min(self.len().saturating_sub(place) as usize);
        memory::room(|| format!("reading {}", self.path.display()), length as u64)?;
        let mut bytes = vec![0; length];
        self.check()?;
        read_at(&self.file, &mut bytes, self.begin + place).map_err(|e| Error::file("read", &self.path, e))?;
        Ok(bytes)
    }

    fn check(&self) -> Result<()> {
        let now = self.file.metadata().map_err(|e| Error::file("read", &self.path, e))?;
        // Nor where it is longer: rows may have been added before others.
        if now.len() != self.length || now.modified().ok() != self.modified {
            let path = self.path.display();
            return Err(Error::data(format!(
                "{path} has changed since it was opened: read it once more (`texts: true` keeps what is read)"
            )));
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, bytes: &mut [u8], place: u64) -> std::io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    // One place is shared by all threads.
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock();
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(bytes)
}

impl Source {
    pub fn len(&self) -> u64 {
        match self {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File(file) => file.len(),
        }
    }

    /// At most `length` bytes at `place`, fewer at the end.
    ///
    /// # Errors
    /// As [`Opened::part`].
    pub fn part(&self, place: u64, length: usize) -> Result<Cow<'_, [u8]>> {
        match self {
            Source::Memory(bytes) => {
                let from = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                Ok(Cow::Borrowed(&bytes[from..from.saturating_add(length).min(bytes.len())]))
            }
            Source::File(file) => file.part(place, length).map(Cow::Owned),
        }
    }

    /// What it takes of memory.
    pub fn held(&self) -> usize {
        match self {
            Source::Memory(bytes) => bytes.len(),
            Source::File(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_changes_is_not_read_on() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"one two").unwrap();
        let opened = Opened::new(file.path()).unwrap();
        assert_eq!(opened.part(4, 100).unwrap(), b"two");
        assert_eq!(opened.part(100, 1).unwrap(), b"");
        assert_eq!(opened.bytes().unwrap(), b"one two");
        for length in [13, 3] {
            file.as_file().set_len(length).unwrap();
            assert!(opened.part(0, 1).unwrap_err().message.contains("has changed"));
        }
        let memory = Source::Memory(b"one two".to_vec());
        assert_eq!((&*memory.part(4, 2).unwrap(), &*memory.part(9, 2).unwrap()), (&b"tw"[..], &b""[..]));
    }
}
