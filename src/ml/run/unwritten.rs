//! What a run could not write, and whether it stops at that.

use crate::error::Result;
use crate::output::complain;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct Unwritten {
    /// Whether the run goes on without what cannot be written.
    pub goes_on: bool,
    /// The files that are not as they should be, each with the last reason.
    missing: BTreeMap<&'static str, String>,
    said: BTreeSet<&'static str>,
}

impl Unwritten {
    /// Takes note of how the writing of `file` ended, and says once what went wrong with it.
    ///
    /// # Errors
    /// What went wrong, where the run is to stop at it.
    pub fn note(&mut self, file: &'static str, written: Result<()>) -> Result<()> {
        match written {
            Ok(()) => {
                self.missing.remove(file);
                Ok(())
            }
            Err(error) if self.goes_on => {
                if self.said.insert(file) {
                    complain(&format!("{error}; the training goes on, and tries again after its next epoch"));
                }
                self.missing.insert(file, error.message);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Takes note of files that were there and are no more.
    pub fn lost(&mut self, files: &[&'static str]) {
        self.missing.extend(files.iter().map(|file| (*file, "the folder had vanished".to_string())));
    }

    pub fn is_missing(&self, file: &str) -> bool {
        self.missing.contains_key(file)
    }

    /// A line for each file that is not there, or not as it should be.
    pub fn missing(&self) -> Vec<String> {
        self.missing.iter().map(|(file, reason)| format!("{file}: {reason}")).collect()
    }
}
