//! A run that is going on: the one door through which its folder is written.

use super::folder::RunFolder;
use super::names::{CHANGES, METRICS, PLOT, WEIGHTS};
use super::record::Record;
use super::unwritten::Unwritten;
use crate::error::{Error, Result};
use crate::ml::{
    checkpoint::{self, CHECKPOINTS, Checkpoint},
    models::{Module, save_module},
};
use crate::output::complain;
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

/// While a training runs, the plot is drawn anew no more often than this.
const REDRAW: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Run {
    folder: RefCell<RunFolder>,
    drawn: Cell<Option<Instant>>,
    /// When its last checkpoint was written, or the run began.
    checked: Cell<Instant>,
    /// The checkpoint that it goes on from; the newest where that has no name.
    resumes: Option<Option<String>>,
    unwritten: RefCell<Unwritten>,
}

impl Run {
    pub fn new(folder: RunFolder, resumes: Option<Option<String>>) -> Self {
        Run {
            folder: RefCell::new(folder),
            drawn: Cell::new(None),
            checked: Cell::new(Instant::now()),
            resumes,
            unwritten: RefCell::default(),
        }
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
    fn write(&self, file: &'static str, write: impl FnOnce(&mut RunFolder) -> Result<()>) -> Result<()> {
        let mut folder = self.folder.borrow_mut();
        let mut unwritten = self.unwritten.borrow_mut();
        if unwritten.goes_on {
            match folder.mend() {
                Ok(false) => {}
                Ok(true) => {
                    complain(&format!("{} had vanished: it is made again", folder.path().display()));
                    unwritten.lost(&[WEIGHTS, PLOT, CHECKPOINTS]);
                }
                Err(error) => return unwritten.note(file, Err(error)),
            }
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

    fn draw(&self, history: &[Record]) -> Result<()> {
        self.drawn.set(Some(Instant::now()));
        self.write(PLOT, |folder| folder.save_plot(history))
    }

    /// Keeps an epoch: its row, the network, and now and then the curves.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk, where the run is to stop at them.
    pub fn save_epoch(&self, row: &Record, history: &[Record], network: &dyn Module) -> Result<()> {
        self.write(METRICS, |folder| folder.log(row, history))?;
        self.write(WEIGHTS, |folder| save_module(&folder.path().join(WEIGHTS), network, &BTreeMap::new()))?;
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
        self.draw(history)
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
        checkpoint.write(&self.path())
    }

    /// Writes a checkpoint; where it cannot be written, the run goes on if it is to.
    ///
    /// # Errors
    /// As [`Run::write_checkpoint`], where the run is to stop at them.
    pub fn keep_checkpoint(&self, checkpoint: Checkpoint) -> Result<()> {
        // Where it fails, the next one is tried when it is due, not at each step.
        self.checked.set(Instant::now());
        self.write(CHECKPOINTS, |folder| checkpoint.write(folder.path()))
    }

    /// The checkpoint that `imdbsh resume` goes on from, where this run is to go on at all; says what is damaged.
    ///
    /// # Errors
    /// A checkpoint that is not there, or damaged, where it has a name.
    pub fn checkpoint_to_resume(&self) -> Result<Option<Checkpoint>> {
        match &self.resumes {
            None => Ok(None),
            Some(Some(name)) => Checkpoint::named(&self.path(), name).map(Some),
            Some(None) => {
                let (found, wrong) = Checkpoint::newest(&self.path());
                wrong.iter().for_each(|error| complain(&format!("{error}; the one before it is used")));
                Ok(found)
            }
        }
    }

    /// The file of the tensors of the checkpoint that was kept of the best epoch, where there is one.
    pub fn best_checkpoint(&self, epoch: i64) -> Option<PathBuf> {
        checkpoint::best_file(&self.path(), epoch)
    }

    /// Puts the files back to where a history ends.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn rewind(&self, history: &[Record]) -> Result<()> {
        self.folder.borrow_mut().rewind_log(history)
    }

    /// Whether the run goes on where it was.
    pub fn resumes(&self) -> bool {
        self.resumes.is_some()
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
