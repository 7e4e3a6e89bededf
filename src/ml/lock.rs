//! Locks between programs.

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Takes the lock of the open file at `path`; gives none where somebody else holds it. The system frees it however its holder
/// ends. The empty file stays: to remove it would be a race. A file system without locks locks nothing.
///
/// # Errors
/// A file that cannot be locked.
pub fn try_lock(file: File, path: &Path) -> Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) if is_without(&e) => Ok(Some(file)),
        Err(TryLockError::Error(e)) => Err(Error::file("lock", path, e)),
    }
}

/// Whether a file system says that it has no locks.
fn is_without(error: &io::Error) -> bool {
    #[cfg(unix)]
    let none = error.raw_os_error() == Some(libc::ENOLCK);
    #[cfg(not(unix))]
    let none = false;
    none || error.kind() == io::ErrorKind::Unsupported
}
