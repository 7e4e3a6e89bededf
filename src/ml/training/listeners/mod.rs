//! The listeners that every training has; each does what the training's options say.

mod average;
mod best;
mod checkpoints;
mod options;
mod progress_bar;
mod run_folder;
mod step_log;
mod tensorboard;

pub use average::{Average, Averaging};
pub use best::Best;
pub use checkpoints::Checkpoints;
pub use progress_bar::ProgressBar;
pub use run_folder::RunFolder;
pub use step_log::StepLog;
pub use tensorboard::TensorBoard;

use super::Listener;
use std::rc::Rc;

/// One of each, in the order in which they are told: after those of a script, so that a checkpoint holds what these have changed. `best` is
/// asked by others as well, and so is `average`, which gives the network its own weights back when `best` has. Rows and lines of steps are in the run folder by the time that TensorBoard's file is written from them.
pub fn all(best: Rc<Best>, average: Rc<Average>) -> Vec<Rc<dyn Listener>> {
    let (bar, steps, board) = (ProgressBar::default(), StepLog::default(), TensorBoard::default());
    vec![Rc::new(bar), Rc::new(RunFolder), Rc::new(steps), Rc::new(board), best, average, Rc::new(Checkpoints)]
}
