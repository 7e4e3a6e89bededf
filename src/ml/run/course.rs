//! How a run stands, said at each turn of its way: `status.json`.

use super::left::{End, Left, leave};
use super::names::STATUS;
use super::status::{State, Status};
use super::writer::Run;
use crate::error::Result;

impl Run {
    fn write_status(&self, status: Status) -> Result<()> {
        self.standing.at_work.set(status.process.is_some());
        self.standing.state.set(status.status);
        self.write(STATUS, |folder| status.write(folder.path()))
    }

    /// From now on it stands so, and this process has it.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn stand(&self, state: State) -> Result<()> {
        match self.standing.at_work.get() && self.standing.state.get() == state {
            true => Ok(()),
            false => self.write_status(Status::at_work(state)),
        }
    }

    /// A turn of its training has come to its end.
    pub fn rest(&self) {
        self.standing.set_at_rest(true);
    }

    /// It is finished.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub(super) fn end(&self) -> Result<()> {
        self.write_status(Status::left(State::Finished, None))
    }

    /// What has it comes to its end: a run that is not finished is left at this place.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn close(&self, end: &End) -> Result<()> {
        match self.standing.at_work.get() {
            true => self.write_status(self.standing.progress().left(end)),
            false => Ok(()),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.standing.at_work.get() {
            let progress = self.standing.progress();
            leave(Left { held: self.folder.borrow().held().clone(), progress });
        }
    }
}
