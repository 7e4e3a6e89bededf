//! Files that are either whole or not there.

use crate::error::{Error, Result};
use std::fmt::Display;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes `path` through a temporary file beside it, which is synced and then renamed: whoever reads `path`, even after
/// a crash, sees the old contents or all of the new.
///
/// # Errors
/// A folder that is missing or cannot be written, a full disk, or whatever `write` reports; all name `path`. The file
/// that was there before is then unchanged.
pub fn write_atomically<E: Display>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<()> {
    let failed = |cause: &dyn Display| Error::file("write", path, cause);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".imdbsh-");
    // A temporary file is private by default; this one becomes a plain file, readable as the user's umask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(|e| failed(&reason(&e)))?;
    let mut buffer = BufWriter::new(file.as_file_mut());
    write(&mut buffer).map_err(|e| failed(&e))?;
    buffer.flush().map_err(|e| failed(&e))?;
    drop(buffer);
    file.as_file().sync_all().map_err(|e| failed(&e))?;
    file.persist(path).map_err(|e| failed(&e.error))?;
    Ok(())
}

/// What the system says, without the name of the temporary file, which means nothing to the user.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or(&text).to_string()
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

    #[test]
    fn a_missing_folder_is_named_by_the_file_that_was_asked_for() {
        let error = write_atomically(Path::new("no/such/folder/a.txt"), |f| f.write_all(b"")).unwrap_err();
        assert_eq!(error.kind, crate::error::ErrorKind::File);
        assert_eq!(error.message, "cannot write no/such/folder/a.txt: No such file or directory (os error 2)");
    }
}
