//! Where a run stands.

use super::left::Progress;
use super::status::State;
use std::cell::Cell;

#[derive(Debug)]
pub struct Standing {
    pub(super) state: Cell<State>,
    /// Whether the file says that a process is at work.
    pub(super) at_work: Cell<bool>,
    rows: Cell<usize>,
    epochs: Option<usize>,
    at_rest: Cell<bool>,
}

impl Standing {
    /// A run that begins, or goes on, of whose training so many epochs are asked for.
    pub fn begun(epochs: Option<usize>) -> Self {
        Standing {
            state: Cell::new(State::Running),
            at_work: Cell::new(true),
            rows: Cell::new(0),
            epochs,
            at_rest: Cell::new(true),
        }
    }

    pub(super) fn set_rows(&self, rows: usize) {
        self.rows.set(rows);
    }

    pub(super) fn set_at_rest(&self, at_rest: bool) {
        self.at_rest.set(at_rest);
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { rows: self.rows.get(), epochs: self.epochs, at_rest: self.at_rest.get() }
    }
}
