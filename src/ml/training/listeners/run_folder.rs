//! A row an epoch in the run folder, with the network and the curves.

use super::super::{Listener, View};
use crate::error::Result;
use crate::ml::checkpoint::Position;
use crate::ml::run::Record;

pub struct RunFolder;

impl Listener for RunFolder {
    fn name(&self) -> &str {
        "run_folder"
    }

    fn on_epoch_begin(&self, at: &dyn View) -> Result<()> {
        at.run().map_or(Ok(()), |run| {
            run.forget_result()?;
            run.go_on(Position { epoch: at.epoch(), step: at.step() })
        })
    }

    /// What could not be written at the last epoch.
    fn on_end(&self, at: &dyn View) -> Result<Record> {
        let stands_between = at.history().len() as i64 * at.steps_per_epoch() == at.step();
        if let (Some(run), Some(network), true) = (at.run(), at.network(), stands_between) {
            run.complete_weights(network.as_ref())?;
        }
        Ok(Record::new())
    }

    fn on_log(&self, at: &dyn View, row: &Record) -> Result<()> {
        match (at.run(), at.network()) {
            (Some(run), Some(network)) => run.save_epoch(row, &at.history(), network.as_ref()),
            _ => Ok(()),
        }
    }
}
