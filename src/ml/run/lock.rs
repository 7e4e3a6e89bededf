//! Two programs never write into the same run folder.

use super::names::LOCK;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::lock::try_lock;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// How often the lock is asked for, and how long is waited in between.
const PATIENCE: usize = 10;
const MOMENT: Duration = Duration::from_millis(5);

/// Takes the lock of a run folder, which is made where it is missing. It is held as long as the file is.
///
/// # Errors
/// A folder that cannot be made or written, or in which another program is at work.
pub fn lock(run: &Path) -> Result<File> {
    access::create_dir_all(run)?;
    let path = run.join(LOCK);
    for _ in 0..PATIENCE {
        if let Some(lock) = try_lock(access::append(&path)?, &path)? {
            return Ok(lock);
        }
        // Whoever only looks whether somebody holds it has it for a moment.
        std::thread::sleep(MOMENT);
    }
    let message = format!("another run is at work in {}: wait for its end, or name another folder", run.display());
    Err(Error::new(ErrorKind::File, message))
}
