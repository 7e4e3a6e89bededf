//! A row an epoch in the run folder, with the network and the curves.

use super::super::{Listener, View};
use crate::error::Result;
use crate::ml::run::Record;

pub struct RunFolder;

impl Listener for RunFolder {
    fn name(&self) -> &str {
        "run_folder"
    }

    fn on_log(&self, at: &dyn View, row: &Record) -> Result<()> {
        match (at.run(), at.network()) {
            (Some(run), Some(network)) => run.save_epoch(row, &at.history(), network.as_ref()),
            _ => Ok(()),
        }
    }
}
