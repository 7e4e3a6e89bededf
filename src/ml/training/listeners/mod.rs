//! The listeners that every training has; each does what the training's options say.

mod checkpoints;
mod options;
mod progress_bar;
mod run_folder;

pub use checkpoints::Checkpoints;
pub use progress_bar::ProgressBar;
pub use run_folder::RunFolder;

use super::Listener;
use std::rc::Rc;

/// One of each, in the order in which they are told: after those of a script, so that a checkpoint holds what these have changed.
pub fn all() -> Vec<Rc<dyn Listener>> {
    vec![Rc::new(ProgressBar::default()), Rc::new(RunFolder), Rc::new(Checkpoints)]
}
