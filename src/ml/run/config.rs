//! `config.json`: what a run was asked for.

use super::names::{CONFIG, ID};
use super::writer::Run;
use crate::access;
use crate::error::{Error, Result};
use serde_json::Value;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::time::SystemTime;

/// The `config.json` of a run.
///
/// # Errors
/// A folder that holds no run, a file that is not JSON.
pub fn read_config(run: &Path) -> Result<Value> {
    let path = run.join(CONFIG);
    let text = access::read_to_string(&path).map_err(|e| e.within(&format!("{} is no run folder", run.display())))?;
    serde_json::from_str(&text).map_err(|e| Error::data(format!("{} is damaged: {e}", path.display())))
}

/// The name that a run was given when it began, which its checkpoints have as well; folders of older versions have none.
pub fn id(config: &Value) -> Option<String> {
    config[ID].as_str().map(str::to_string)
}

/// A name that no other run has.
pub fn new_id() -> String {
    // Seeded by the system, each time anew.
    let number = || RandomState::new().hash_one(SystemTime::now());
    format!("{:016x}{:016x}", number(), number())
}

impl Run {
    /// Keeps in `config.json` what is to be said of the network, where that is something else than before.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn keep_network(&self, network: Value) -> Result<()> {
        let mut config = read_config(&self.path())?;
        if config["network"]["built"] == network["built"] {
            return Ok(());
        }
        config["network"] = network;
        self.write(CONFIG, |folder| folder.write_config(&config))
    }
}
