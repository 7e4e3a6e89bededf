//! A progress bar.

use crate::ml::progress::Progress;
use std::rc::Rc;

/// A bar, or none where the script asked for silence.
#[derive(Clone)]
pub struct ProgressHandle(pub Option<Rc<Progress>>);

impl ProgressHandle {
    /// Runs `f` while the line is off the terminal.
    pub fn aside<T>(&self, f: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(progress) => progress.aside(f),
            None => f(),
        }
    }
}
