//! A run that is going on: the one door through which its folder is written.

use super::folder::RunFolder;
use super::held::Found;
use super::names::{CHANGES, METRICS, PLOT, WEIGHTS};
use super::record::Record;
use super::resumed::Resumed;
use super::standing::Standing;
use super::status::{State, Status};
use super::turns::Turns;
use super::unwritten::Unwritten;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    checkpoint::{self, CHECKPOINTS, Checkpoint, Position},
    models::{Module, save_module},
};
use crate::output::complain;
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// While a training runs, the plot is drawn anew no more often than this.
const REDRAW: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Run {
    pub(super) folder: RefCell<RunFolder>,
    pub(super) standing: Standing,
    drawn: Cell<Option<Instant>>,
    /// When its last checkpoint was written, or the run began.
    checked: Cell<Instant>,
    /// Its name, where it has one: its checkpoints have it as well.
    pub(super) id: Option<String>,
    pub(super) resumes: Option<Resumed>,
    /// Whether what it is asked for otherwise is noted.
    pub(super) noted: Cell<bool>,
    pub(super) turns: Turns,
    /// The folder that it had, if another run has taken that.
    displaced: RefCell<Option<PathBuf>>,
    /// Where its last checkpoint stands, if nothing was changed there since.
    pub(super) kept: Cell<Option<(usize, Position)>>,
    /// What tells its test set from others.
    test_set: Option<String>,
    unwritten: RefCell<Unwritten>,
}

impl Run {
    /// A run whose training is to have so many `epochs`, where that is known.
    pub fn new(folder: RunFolder, id: Option<String>, epochs: Option<usize>, resumes: Option<Resumed>) -> Self {
        Run {
            folder: RefCell::new(folder),
            standing: Standing::begun(epochs),
            drawn: Cell::new(None),
            checked: Cell::new(Instant::now()),
            id,
            resumes,
            noted: Cell::new(false),
            turns: Turns::default(),
            displaced: RefCell::default(),
            kept: Cell::new(None),
            test_set: None,
            unwritten: RefCell::default(),
        }
    }

    /// The same, with what tells its test set from others.
    pub fn with_test_set(mut self, test_set: Option<String>) -> Self {
        self.test_set = test_set;
        self
    }

    pub fn test_set(&self) -> Option<&str> {
        self.test_set.as_deref()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.borrow().path().to_path_buf()
    }

    /// Whether the run goes on where its folder cannot be written.
    pub fn goes_on(&self) -> bool {
        self.unwritten.borrow().goes_on
    }

    pub fn set_goes_on(&self, goes_on: bool) {
        self.unwritten.borrow_mut().goes_on = goes_on;
    }

    /// A line for each file that is not there, or not as it should be.
    pub fn missing(&self) -> Vec<String> {
        self.unwritten.borrow().missing()
    }

    /// Writes `file` of the folder; what goes wrong is an error only where the run is to stop at it.
    pub(super) fn write(&self, file: &'static str, write: impl FnOnce(&mut RunFolder) -> Result<()>) -> Result<()> {
        let mut folder = self.folder.borrow_mut();
        let mut unwritten = self.unwritten.borrow_mut();
        if let Err(error) = self.look(&mut folder, &mut unwritten) {
            return unwritten.note(file, Err(error));
        }
        let written = write(&mut folder).map_err(|error| match unwritten.goes_on {
            false if checkpoint::exists(folder.path()) => Error::new(
                error.kind,
                format!("{error}; imdbsh resume {} goes on from the last checkpoint", folder.path().display()),
            ),
            _ => error,
        });
        unwritten.note(file, written)
    }

    /// Looks whether the folder is still the one that this run has locked, and mends what can be mended.
    fn look(&self, folder: &mut RunFolder, unwritten: &mut Unwritten) -> Result<()> {
        match folder.held().found()? {
            Found::Ours => return Ok(()),
            Found::Nothing if unwritten.goes_on => {
                folder.make_again()?;
                complain(&format!("{} had vanished: it is made again", folder.path().display()));
            }
            Found::Nothing => return Ok(()),
            Found::Others => {
                let old = folder.path().to_path_buf();
                folder.move_beside()?;
                let (from, to) = (old.display(), folder.path().display());
                complain(&format!("another run has taken {from}: what this one has is kept in {to}, and then it ends"));
                self.displaced.replace(Some(old.clone()));
            }
        }
        Status::at_work(self.standing.state.get()).write(folder.path())?;
        self.kept.set(None);
        unwritten.lost(&[WEIGHTS, PLOT, CHECKPOINTS]);
        Ok(())
    }

    /// Keeps the network as it is now.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn save_weights(&self, network: &dyn Module) -> Result<()> {
        self.write(WEIGHTS, |folder| save_module(&folder.path().join(WEIGHTS), network, &BTreeMap::new()))
    }

    /// Writes the weights, where they could not be written behind the last epoch.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn complete_weights(&self, network: &dyn Module) -> Result<()> {
        if self.is_missing(WEIGHTS) { self.save_weights(network) } else { Ok(()) }
    }

    pub(super) fn is_missing(&self, file: &str) -> bool {
        self.unwritten.borrow().is_missing(file)
    }

    /// Draws the curves of a history.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn draw(&self, history: &[Record]) -> Result<()> {
        self.drawn.set(Some(Instant::now()));
        self.write(PLOT, |folder| folder.save_plot(history))
    }

    /// Keeps an epoch: its row, the network, and now and then the curves.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk, where the run is to stop at them.
    pub fn save_epoch(&self, row: &Record, history: &[Record], network: &dyn Module) -> Result<()> {
        self.standing.set_rows(history.len());
        // A training can go on behind its end.
        self.stand(State::Running)?;
        self.write(METRICS, |folder| folder.log(row, history))?;
        self.save_weights(network)?;
        if self.drawn.get().is_none_or(|at| at.elapsed() >= REDRAW) {
            self.draw(history)?;
        }
        Ok(())
    }

    /// Completes the rows and draws the curves of the whole history.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn finish(&self, history: &[Record]) -> Result<()> {
        self.write(METRICS, |folder| folder.complete_log(history))?;
        self.draw(history)?;
        if let Some(resumed) = self.resumes.as_ref().filter(|r| !r.changed.is_empty() && !self.noted.get()) {
            let (path, asked) = (self.path(), resumed.in_words());
            complain(&format!("{} has no epoch left to train: {asked} changes nothing", path.display()));
        }
        self.stop_if_displaced()?;
        self.end()
    }

    /// Whether so many minutes have gone since the last checkpoint, or since the run began.
    pub fn is_checkpoint_due(&self, minutes: f64) -> bool {
        self.checked.get().elapsed() >= Duration::from_secs_f64(minutes.clamp(0.0, 1e6) * 60.0)
    }

    /// Writes a checkpoint.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk.
    pub fn write_checkpoint(&self, checkpoint: Checkpoint) -> Result<()> {
        let mut folder = self.folder.borrow_mut();
        self.look(&mut folder, &mut self.unwritten.borrow_mut())?;
        self.put(folder.path(), checkpoint)
    }

    fn put(&self, path: &Path, checkpoint: Checkpoint) -> Result<()> {
        let checkpoint = Checkpoint { turn: self.turns.current(), run: self.id.clone(), ..checkpoint };
        checkpoint.write(path)?;
        self.kept.set(Some((checkpoint.turn, checkpoint.position)));
        if self.resumes.as_ref().is_some_and(Resumed::goes_another_way) {
            checkpoint::give_up(path, checkpoint.turn + 1);
        }
        Ok(())
    }

    /// Writes a checkpoint; where it cannot be written, the run goes on if it is to.
    ///
    /// # Errors
    /// As [`Run::write_checkpoint`], where the run is to stop at them.
    pub fn keep_checkpoint(&self, checkpoint: Checkpoint) -> Result<()> {
        // Where it fails, the next one is tried when it is due, not at each step.
        self.checked.set(Instant::now());
        self.go_on(checkpoint.position)?;
        self.write(CHECKPOINTS, |folder| self.put(folder.path(), checkpoint))?;
        self.stop_if_displaced()
    }

    /// Whether its folder is another run's by now: then what it keeps stands beside, and it ends once all is kept.
    pub fn is_displaced(&self) -> bool {
        self.displaced.borrow().is_some()
    }

    fn stop_if_displaced(&self) -> Result<()> {
        let Some(old) = self.displaced.borrow().clone() else { return Ok(()) };
        let (old, kept) = (old.display(), self.path());
        let kept = kept.display();
        let message = format!(
            "another run has taken {old}: this one is kept in {kept}, and `imdbsh resume {kept}` goes on with it"
        );
        Err(Error::new(ErrorKind::File, message))
    }

    /// The training was changed where it stands: the last checkpoint is no longer of that.
    pub fn forget_kept(&self) {
        self.kept.set(None);
    }

    /// Whether the last checkpoint is of this place.
    pub fn is_kept(&self, position: Position) -> bool {
        self.kept.get() == Some((self.turns.current(), position))
    }

    /// The file of the tensors of the checkpoint that was kept of the best epoch, where there is one.
    pub fn best_checkpoint(&self, epoch: i64) -> Option<PathBuf> {
        checkpoint::best_file(&self.path(), epoch)
    }

    /// Puts the files back to where a history ends; where the `network` stands behind its last epoch, that one's weights, too.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn rewind(&self, history: &[Record], network: Option<&dyn Module>) -> Result<()> {
        self.standing.set_rows(history.len());
        self.write(METRICS, |folder| folder.rewind_log(history))?;
        // A turn that is only passed once more finds predictions of a later one.
        if !self.has_turns_after(self.turns.current()) {
            self.forget_predictions_after(history.len())?;
        }
        network.map_or(Ok(()), |network| self.save_weights(network))
    }

    /// Keeps what was changed in the course of the run.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn note_change(&self, change: &Value) -> Result<()> {
        match change {
            Value::Object(record) => self.write(CHANGES, |folder| folder.note_change(record)),
            _ => Ok(()),
        }
    }

    /// Keeps a text under `file` in the folder.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn keep_text(&self, file: &str, text: &str) -> Result<()> {
        self.write(CHANGES, |folder| folder.keep_text(file, text))
    }
}
