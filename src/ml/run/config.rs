//! `config.json`: what a run was asked for.

use super::names::CONFIG;
use crate::access;
use crate::error::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// The `config.json` of a run.
///
/// # Errors
/// A folder that holds no run, a file that is not JSON.
pub fn read_config(run: &Path) -> Result<Value> {
    let path = run.join(CONFIG);
    let text = access::read_to_string(&path).map_err(|e| e.within(&format!("{} is no run folder", run.display())))?;
    serde_json::from_str(&text).map_err(|e| Error::data(format!("{} is damaged: {e}", path.display())))
}
