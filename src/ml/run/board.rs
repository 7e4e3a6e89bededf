//! `tensorboard/`: what TensorBoard reads of a run while it goes on.

use super::names::TENSORBOARD;
use super::writer::Run;
use crate::error::Result;
use std::path::Path;

impl Run {
    /// Writes what TensorBoard reads: `write` is given the run's folder, and puts it into `tensorboard` there.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn write_tensorboard(&self, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        self.write(TENSORBOARD, |folder| write(folder.path()))
    }
}
