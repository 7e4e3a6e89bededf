//! The listeners that every training has; each does what the training's options say.

mod best;
mod checkpoints;
mod options;
mod progress_bar;
mod run_folder;
mod step_log;

pub use best::Best;
pub use checkpoints::Checkpoints;
pub use progress_bar::ProgressBar;
pub use run_folder::RunFolder;
pub use step_log::StepLog;

use super::Listener;
use std::rc::Rc;

/// One of each, in the order in which they are told: after those of a script, so that a checkpoint holds what these have changed. `best` is
/// asked by others as well.
pub fn all(best: Rc<Best>) -> Vec<Rc<dyn Listener>> {
    vec![Rc::new(ProgressBar::default()), Rc::new(RunFolder), Rc::new(StepLog::default()), best, Rc::new(Checkpoints)]
}
