//! Two programs that fetch the same: the second waits for the first.

use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::lock::try_lock;
use crate::output::complain;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// Waits until no other run holds the file's lock. See [`try_lock`].
pub(super) fn lock(path: &Path, name: &str) -> Result<File> {
    let mut said = false;
    loop {
        let file = File::create(path).map_err(|e| Error::file("write", path, e))?;
        if let Some(lock) = try_lock(file, path)? {
            return Ok(lock);
        }
        if !said {
            complain(&format!("another run is fetching {name}: waiting for it"));
            said = true;
        }
        interrupt::check()?;
        std::thread::sleep(Duration::from_millis(50));
    }
}
