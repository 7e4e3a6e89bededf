//! The script that the command line names.

use super::usage::usage;
use crate::error::Error;
use crate::script::Failure;
use std::path::Path;

/// The text of a script.
///
/// # Errors
/// A file that cannot be read, or is no text.
pub fn read_script(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| usage(Error::file("read the script", path, e)))?;
    String::from_utf8(bytes).map_err(|_| Failure::Usage(format!("{} is not a text file in UTF-8", path.display())))
}
