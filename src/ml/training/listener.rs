//! Who is told of a training as it goes on.

use super::step::Step;
use crate::error::Result;
use crate::ml::{
    meter::Reading,
    models::Module,
    run::{Record, Run},
};
use serde_json::Value;
use std::rc::Rc;
use tch::Tensor;

/// What a training tells as it goes on. Each method is called for all listeners in their order, and by itself does nothing.
///
/// # Errors
/// Those of the methods end the training.
pub trait Listener {
    /// Its name in messages, and the key of its state in checkpoints.
    fn name(&self) -> &str;

    /// An epoch begins, or goes on in the middle.
    fn on_epoch_begin(&self, _at: &dyn View) -> Result<()> {
        Ok(())
    }

    /// A step is done. Called for each where `log_every` or a hook of the script asks for it; reading its tensors waits for the device.
    fn on_step_done(&self, _at: &dyn View, _step: &Step) -> Result<()> {
        Ok(())
    }

    /// Asked after each step: whether it wants this step's figures. They are read once for all who do, and for each reading the
    /// program waits for the device.
    fn due(&self, _at: &dyn View) -> Result<bool> {
        Ok(false)
    }

    /// The figures of the epoch so far, for those who were [`due`](Listener::due) at this step.
    fn on_step(&self, _at: &dyn View, _seen: &Reading) -> Result<()> {
        Ok(())
    }

    /// An epoch is over. Gives columns to add to its row, before the row is kept.
    fn on_epoch(&self, _at: &dyn View, _row: &Record) -> Result<Record> {
        Ok(Record::new())
    }

    /// The row stands in the history: to print, to write, to keep.
    fn on_log(&self, _at: &dyn View, _row: &Record) -> Result<()> {
        Ok(())
    }

    /// The training was put to another place (resumed, restored, back after a loss that is NaN): to forget what lies behind it.
    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        Ok(())
    }

    /// The training is over. Gives figures to add to its result.
    fn on_end(&self, _at: &dyn View) -> Result<Record> {
        Ok(Record::new())
    }

    /// The training's turn is over, however that came about: to let go of what it holds of the terminal.
    fn on_turn_over(&self) {}

    /// Its state is about to be asked for: to bring what it holds to where it belongs.
    fn before_state(&self, _at: &dyn View) -> Result<()> {
        Ok(())
    }

    /// What checkpoints and snapshots keep of it, if anything.
    fn state(&self) -> Result<Option<State>> {
        Ok(None)
    }

    /// Takes back what [`state`](Listener::state) gave.
    fn load(&self, _state: &State) -> Result<()> {
        Ok(())
    }
}

/// A state: tensors by their names, and plain values.
#[derive(Debug, Default)]
pub struct State {
    pub tensors: Vec<(String, Tensor)>,
    pub plain: Value,
}

/// A training, as a listener sees it.
pub trait View {
    /// Steps done, over all epochs.
    fn step(&self) -> i64;
    /// The epoch, from 1.
    fn epoch(&self) -> i64;
    /// How many epochs were asked for.
    fn epochs(&self) -> i64;
    fn steps_per_epoch(&self) -> i64;
    /// Seconds of training in this epoch so far, without pauses.
    fn seconds(&self) -> f64;
    /// The learning rate, of the first parameter group.
    fn lr(&self) -> f64;
    fn network(&self) -> Option<Rc<dyn Module>>;
    /// The rows of the epochs that are over.
    fn history(&self) -> Vec<Record>;
    /// Whether the last epoch that is over is the best so far, and no step was done since.
    fn is_best(&self) -> bool;
    /// The row of the best epoch so far, without its times.
    fn best(&self) -> Option<Record>;
    /// Whether the weights of the best epoch are asked for again: the training ends with them, or the test set is scored with them.
    fn keeps_best(&self) -> bool;
    /// An option of the training as it stands now, which can change at any step; null where there is none.
    fn option(&self, name: &str) -> Value;
    /// What is told, in words for the user: the figures of a step, the line of an epoch.
    fn text(&self) -> &str;
    /// The run folder, where there is one.
    fn run(&self) -> Option<&Run>;
    /// Writes a checkpoint of the whole training into its run folder.
    ///
    /// # Errors
    /// A folder that cannot be written, where the run is to stop at that.
    fn save_checkpoint(&self) -> Result<()>;
}
