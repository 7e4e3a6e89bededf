//! All that it takes to go on, kept after every so many epochs, after the best, and inside of one after so many minutes. Options `checkpoint`,
//! `checkpoint_minutes`.

use super::super::{Listener, View};
use super::options;
use crate::error::Result;
use crate::ml::{
    meter::Reading,
    run::{Record, Run},
};

pub struct Checkpoints;

/// After how many epochs; 0 for never.
fn every(at: &dyn View) -> Result<i64> {
    options::integer(at, "checkpoint")
}

impl Listener for Checkpoints {
    fn name(&self) -> &str {
        "checkpoints"
    }

    fn due(&self, at: &dyn View) -> Result<bool> {
        let (every, minutes) = (every(at)?, options::number(at, "checkpoint_minutes")?);
        Ok(at.run().is_some_and(|run| run.is_displaced() || every > 0 && run.is_checkpoint_due(minutes)))
    }

    fn on_step(&self, at: &dyn View, _seen: &Reading) -> Result<()> {
        at.save_checkpoint()
    }

    fn on_log(&self, at: &dyn View, _row: &Record) -> Result<()> {
        let every = every(at)?;
        let is_displaced = at.run().is_some_and(Run::is_displaced);
        let is_due = is_displaced || every > 0 && (at.epoch() % every == 0 || at.is_best());
        if is_due { at.save_checkpoint() } else { Ok(()) }
    }
}
