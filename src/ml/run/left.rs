//! Runs that nobody holds any more, and the last word on each.
//!
//! A run that was not finished is let go of either by the error that ends its script, which is shown only when all is let go of, or by a script
//! that goes on without it. So the last word waits until the one or the other is known; the folder is held as long.

use super::held::{Found, Held};
use super::status::{State, Status};
use crate::output::complain;
use std::cell::{Cell, RefCell};

/// How what had the run went on, or ended.
#[derive(Debug, Clone)]
pub enum End {
    /// It came to its end, or goes on without the run.
    Over,
    /// By an error, as the user was told.
    Failed(String),
    /// By a signal, or at a pause: the run waits to be gone on with.
    Interrupted(String),
}

/// How far a run has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub rows: usize,
    /// How many epochs were asked for, where that is known.
    pub epochs: Option<usize>,
    /// Whether no turn of its training is under way.
    pub at_rest: bool,
}

impl Progress {
    /// How a run stands that is left at this place.
    pub fn left(self, end: &End) -> Status {
        let Progress { rows, epochs, at_rest } = self;
        let of = epochs.map(|epochs| format!(" of {epochs}")).unwrap_or_default();
        match end {
            End::Failed(error) => Status::left(State::Failed, Some(plain(error))),
            End::Interrupted(error) => Status::left(State::Paused, Some(plain(error))),
            End::Over if epochs.is_none_or(|epochs| rows >= epochs) => Status::left(State::Finished, None),
            End::Over if at_rest => Status::left(State::Paused, Some(format!("left after {rows}{of} epochs"))),
            End::Over => {
                let error = format!("ended after {rows}{of} epochs by an error that its script has caught");
                Status::left(State::Failed, Some(error))
            }
        }
    }
}

/// The report without its colours.
fn plain(report: &str) -> String {
    console::strip_ansi_codes(report).into_owned()
}

#[derive(Debug)]
pub(super) struct Left {
    pub held: Held,
    pub progress: Progress,
}

thread_local! {
    static LEFT: RefCell<Vec<Left>> = const { RefCell::new(Vec::new()) };
    static ANY: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn leave(run: Left) {
    // In the last moments of a thread nobody is left to say anything.
    let _ = LEFT.try_with(|left| left.borrow_mut().push(run));
    ANY.set(true);
}

/// Says the last word on the runs that were let go of until now.
pub fn settle(end: &End) {
    if !ANY.replace(false) {
        return;
    }
    for Left { held, progress } in LEFT.take() {
        // What another run has taken is that one's.
        let written = match held.found() {
            Ok(Found::Ours) => progress.left(end).write(held.path()),
            _ => Ok(()),
        };
        written.unwrap_or_else(|error| complain(&error.message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_left_stands_as_what_left_it_says() {
        let at = |rows, epochs, at_rest| Progress { rows, epochs, at_rest };
        let left = |progress: Progress, end: &End| {
            let Status { status, error, process, .. } = progress.left(end);
            assert_eq!(process, None);
            (status, error.unwrap_or_default())
        };
        let none = String::new;
        assert_eq!(left(at(3, Some(3), false), &End::Over), (State::Finished, none()));
        assert_eq!(left(at(0, None, true), &End::Over), (State::Finished, none()));
        assert_eq!(left(at(2, Some(3), true), &End::Over), (State::Paused, "left after 2 of 3 epochs".into()));
        let (state, error) = left(at(2, Some(3), false), &End::Over);
        assert!(state == State::Failed && error.contains("2 of 3 epochs"), "{error}");
        let report = "\u{1b}[31merror\u{1b}[0m: no";
        assert_eq!(left(at(3, Some(3), true), &End::Failed(report.into())), (State::Failed, "error: no".into()));
        assert_eq!(left(at(1, None, false), &End::Interrupted(report.into())), (State::Paused, "error: no".into()));
    }
}
