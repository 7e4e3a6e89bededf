//! Archives into folders. An entry that would lead out of the folder, or is anything but a file or a folder, ends it.

use super::bar;
use crate::error::{Error, Result};
use crate::interrupt;
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

/// Unpacks a `.tar.gz` or a `.zip` into `folder`, which is there and empty. Checksums in the archive are compared.
///
/// # Errors
/// An archive that is damaged or unsafe (it is named), files that cannot be written, Ctrl-C. `folder` then holds whatever
/// came before.
pub(super) fn unpack(archive: &Path, name: &str, folder: &Path) -> Result<()> {
    let file = File::open(archive).map_err(|e| Error::file("read", archive, e))?;
    let target = Target { name, folder };
    if name.ends_with(".zip") { target.zip(file) } else { target.tar(file) }
}

struct Target<'a> {
    name: &'a str,
    folder: &'a Path,
}

impl Target<'_> {
    fn tar(&self, file: File) -> Result<()> {
        let bar = bar::bytes("unpacking", file.metadata().ok().map(|m| m.len()), 0);
        let mut archive = tar::Archive::new(GzDecoder::new(bar.read(BufReader::with_capacity(1 << 18, file))));
        for entry in archive.entries().map_err(|e| self.damaged(e))? {
            let mut entry = entry.map_err(|e| self.damaged(e))?;
            let path = entry.path().map_err(|e| self.damaged(e))?.into_owned();
            let size = entry.size();
            match entry.header().entry_type() {
                tar::EntryType::Directory => self.make(&path)?,
                tar::EntryType::Regular | tar::EntryType::Continuous => self.write(&path, &mut entry, size)?,
                tar::EntryType::XGlobalHeader => {} // A comment.
                _ => return Err(self.unsafe_entry(&path, "is a link or a device")),
            }
        }
        // The checksum of the whole stands at the end.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|e| self.damaged(e))?;
        Ok(())
    }

    fn zip(&self, file: File) -> Result<()> {
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| self.damaged(e))?;
        let total = archive.decompressed_size().and_then(|size| u64::try_from(size).ok());
        let bar = bar::bytes("unpacking", total, 0);
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|e| self.damaged(e))?;
            let path = PathBuf::from(entry.name().map_err(|e| self.damaged(e))?.into_owned());
            match entry.size() {
                _ if entry.is_symlink() => return Err(self.unsafe_entry(&path, "is a link or a device")),
                _ if entry.is_dir() => self.make(&path)?,
                // The reader compares the file's checksum when it comes to its end.
                size => self.write(&path, &mut bar.read(entry), size)?,
            }
        }
        Ok(())
    }

    /// Where an entry goes.
    fn place(&self, path: &Path) -> Result<PathBuf> {
        let mut place = self.folder.to_path_buf();
        for part in path.components() {
            match part {
                Component::Normal(part) if !part.to_string_lossy().contains('\\') => place.push(part),
                Component::CurDir => {}
                _ => return Err(self.unsafe_entry(path, "leads out of its folder")),
            }
        }
        Ok(place)
    }

    fn make(&self, path: &Path) -> Result<()> {
        let place = self.place(path)?;
        fs::create_dir_all(&place).map_err(|e| self.unmade("make the folder", path, &place, e))
    }

    fn write(&self, path: &Path, from: &mut impl Read, size: u64) -> Result<()> {
        let place = self.place(path)?;
        let unwritable = |e| Error::file("write", &place, e);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|e| self.unmade("make the folder", path, folder, e))?;
        }
        let file = File::create_new(&place).map_err(|e| self.unmade("write", path, &place, e))?;
        let mut file = BufWriter::new(file);
        let (mut chunk, mut written) = (vec![0; 1 << 16], 0);
        loop {
            interrupt::check()?;
            let read = from.read(&mut chunk).map_err(|e| self.damaged(format!("{}: {e}", path.display())))?;
            if read == 0 {
                break;
            }
            file.write_all(&chunk[..read]).map_err(unwritable)?;
            written += read as u64;
        }
        file.flush().map_err(unwritable)?;
        if written != size {
            return Err(self.damaged(format!("{}: {written} bytes, expected {size}", path.display())));
        }
        Ok(())
    }

    /// What is in the way in a folder that was empty came out of the archive, as a name does that no file can have: another archive is
    /// needed. All else is the disk's.
    fn unmade(&self, doing: &str, entry: &Path, place: &Path, e: io::Error) -> Error {
        use io::ErrorKind::{AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory};
        match e.kind() {
            AlreadyExists | IsADirectory | NotADirectory => {
                self.unsafe_entry(entry, "is in the way of another one, or comes twice")
            }
            InvalidFilename | InvalidInput => self.unsafe_entry(entry, "has a name that no file can have"),
            _ => Error::file(doing, place, e),
        }
    }

    fn damaged(&self, why: impl std::fmt::Display) -> Error {
        Error::data(format!("{} is damaged or no archive: {why}", self.name))
    }

    fn unsafe_entry(&self, path: &Path, why: &str) -> Error {
        Error::data(format!("{} is not unpacked: its entry `{}` {why}", self.name, path.display()))
    }
}
