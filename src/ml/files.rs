//! Files that are either whole or not there.

use crate::access;
use crate::error::{Error, Result};
use cap_std::{ambient_authority, fs::Dir};
use cap_tempfile::TempFile;
use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the file at `path`, which a script may have named, through a temporary file beside it, which is synced and then renamed:
/// whoever reads `path`, even after a crash, sees the old contents or all of the new.
///
/// # Errors
/// A path that may not be written, a folder that is missing or cannot be written, a full disk, or whatever `write` reports; all
/// name `path`. The file that was there before is then unchanged.
pub fn write_atomically<E: Display>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<()> {
    let (folder, name) = access::place(path)?;
    write_into(&folder, &name, path, write)
}

/// As [`write_atomically`], for files of the program's own, wherever they are.
///
/// # Errors
/// As [`write_atomically`].
#[expect(clippy::disallowed_methods, reason = "files of the program's own")]
pub fn write_own<E: Display>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<()> {
    let failed = |e: io::Error| Error::file("write", path, e);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| failed(io::Error::other("it is a folder")))?;
    let folder = Dir::open_ambient_dir(folder, ambient_authority()).map_err(failed)?;
    write_into(&folder, name, path, write)
}

fn write_into<E: Display>(
    folder: &Dir,
    name: &OsStr,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<()> {
    let failed = |cause: &dyn Display| Error::file("write", path, cause);
    if folder.metadata(name).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Err(failed(&"it is a device or a pipe, and a file would take its place"));
    }
    let mut file = TempFile::new(folder).map_err(|e| failed(&e))?;
    let mut buffer = BufWriter::new(file.as_file_mut());
    write(&mut buffer).map_err(|e| failed(&e))?;
    buffer.flush().map_err(|e| failed(&e))?;
    drop(buffer);
    file.as_file().sync_all().map_err(|e| failed(&e))?;
    file.replace(name).map_err(|e| failed(&e))?;
    // The rename itself is on the disk once the folder is.
    #[cfg(unix)]
    folder.open(".").and_then(|folder| folder.sync_all()).map_err(|e| failed(&e))?;
    Ok(())
}

/// Whether a file is one that a program which was killed in the middle of [`write_atomically`] has left, by its name.
pub fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.len() == 36 && name.iter().all(|c| c.is_ascii_hexdigit() || *c == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.bin");
        write_atomically(&path, |f| f.write_all(b"old")).unwrap();
        let error = write_atomically(&path, |f| {
            f.write_all(b"half of the new")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(error.unwrap_err().message.ends_with("weights.bin: the disk is full"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = write_atomically(&path, |f| f.write_all(b"new")).unwrap_err();
        assert!(error.message.contains("pipe: it is a device or a pipe"), "{}", error.message);
        assert!(std::fs::metadata(&path).unwrap().file_type().is_fifo());
    }

    #[test]
    fn a_missing_folder_is_named_by_the_file_that_was_asked_for() {
        let error = write_atomically(Path::new("no/such/folder/a.txt"), |f| f.write_all(b"")).unwrap_err();
        assert_eq!(error.kind, crate::error::ErrorKind::File);
        assert_eq!(error.message, "cannot write no/such/folder/a.txt: No such file or directory (os error 2)");
    }
}
