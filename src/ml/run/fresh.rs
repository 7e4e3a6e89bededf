//! A folder that nobody had before.

use super::clock;
use crate::access;
use crate::error::Result;
use jiff::civil::DateTime;
use std::path::{Path, PathBuf};

/// Makes `NAME-YYYYMMDD-HHMMSS/` inside `root` (local time; `-2` and so on behind a second one of the same second), for whoever keeps things there.
///
/// # Errors
/// A `root` that cannot be made or written.
pub fn new_folder(root: &Path, name: &str) -> Result<PathBuf> {
    fresh(root, name, clock::now())
}

/// The same for a given moment.
///
/// # Errors
/// As [`new_folder`].
pub(super) fn fresh(root: &Path, name: &str, now: DateTime) -> Result<PathBuf> {
    access::create_dir_all(root)?;
    let stem = format!("{}-{}", file_name(name), now.strftime("%Y%m%d-%H%M%S"));
    let mut count = 1;
    loop {
        let path = root.join(if count == 1 { stem.clone() } else { format!("{stem}-{count}") });
        // Making the folder is the test whether it is there: two programs never get the same one.
        match access::create_dir(&path)? {
            true => return Ok(path),
            false => count += 1,
        }
    }
}

/// `name` without what a folder's name cannot hold: a script may call its run `lr/1e-3`.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() || "/\\:*?\"<>|".contains(c) { '_' } else { c })
        .take(80)
        .collect();
    match plain.trim_start_matches('.') {
        "" => "run".to_string(),
        rest => rest.to_string(),
    }
}
