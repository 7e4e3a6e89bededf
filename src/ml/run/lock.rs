//! Two programs never write into the same run folder.

use super::names::LOCK;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::lock::try_lock;
use std::fs::File;
use std::path::Path;

/// Takes the lock of a run folder, which is made where it is missing. It is held as long as the file is.
///
/// # Errors
/// A folder that cannot be made or written, or in which another program is at work.
pub fn lock(run: &Path) -> Result<File> {
    access::create_dir_all(run)?;
    let path = run.join(LOCK);
    try_lock(access::append(&path)?, &path)?.ok_or_else(|| {
        let message = format!("another run is at work in {}: wait for its end, or name another folder", run.display());
        Error::new(ErrorKind::File, message)
    })
}
