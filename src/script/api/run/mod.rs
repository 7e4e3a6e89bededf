//! The run folder.

mod create;
mod unwritten;

use super::training::State;
use super::{history::History, network::Network};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    checkpoint::{self, CHECKPOINTS, Checkpoint, Position},
    run::{CHANGES, METRICS, PLOT, Record, RunFolder, WEIGHTS},
    weights,
};
use crate::script::{ScriptResult, settings};
use crate::terminal::complain;
use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext, exported_module, plugin::*};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};
use unwritten::Unwritten;

/// A handle: copies are the same folder.
#[derive(Debug, Clone)]
pub struct RunHandle(Rc<Run>);

#[derive(Debug)]
struct Run {
    folder: RefCell<RunFolder>,
    drawn: Cell<Option<Instant>>,
    /// When its last checkpoint was written, or the run began.
    checked: Cell<Instant>,
    /// The checkpoint that it goes on from; the newest where that has no name.
    resumes: Option<Option<String>>,
    unwritten: RefCell<Unwritten>,
}

/// While a training runs, the plot is drawn anew no more often than this.
const REDRAW: Duration = Duration::from_secs(10);

/// Stop, and go on.
const ON_DISK_ERROR: [&str; 2] = ["stop", "continue"];

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<RunHandle>("Run");
    engine.register_global_module(exported_module!(api).into());
}

/// The first columns of `metrics.jsonl`, and the last; a script's own stand between.
const FIRST: [&str; 6] = ["epoch", "lr", "train_loss", "train_acc", "test_loss", "test_acc"];
const LAST: [&str; 2] = ["train_seconds", "test_seconds"];

fn record(row: &Map) -> Record {
    let own = row.keys().map(|k| k.as_str()).filter(|k| !FIRST.contains(k) && !LAST.contains(k));
    let columns = FIRST.into_iter().chain(own).chain(LAST);
    columns.filter_map(|c| row.get(c).map(|value| (c.to_string(), to_json(value)))).collect()
}

fn records(history: History) -> Vec<Record> {
    history.into_iter().map(|row| record(&row)).collect()
}

/// A script's value as JSON; what JSON has no form for (functions, tensors) as the text that a print shows.
fn to_json(value: &Dynamic) -> Value {
    if value.is::<FnPtr>() {
        return Value::String("function".into());
    }
    rhai::serde::from_dynamic(value).unwrap_or_else(|_| Value::String(value.to_string()))
}

impl Run {
    fn new(folder: RunFolder, resumes: Option<Option<String>>) -> Self {
        Run {
            folder: RefCell::new(folder),
            drawn: Cell::new(None),
            checked: Cell::new(Instant::now()),
            resumes,
            unwritten: RefCell::default(),
        }
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
}

impl RunHandle {
    pub fn path(&self) -> PathBuf {
        self.0.folder.borrow().path().to_path_buf()
    }

    /// How long ago the last checkpoint was written.
    pub fn since_checkpoint(&self) -> Duration {
        self.0.checked.get().elapsed()
    }

    /// Writes a checkpoint of `state`.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk.
    pub fn write_checkpoint(&self, position: Position, best: bool, state: State) -> Result<()> {
        Checkpoint { position, best, tensors: state.tensors, state: state.plain }.write(&self.path())
    }

    /// Writes a checkpoint; where it cannot be written, the run goes on if it is to.
    ///
    /// # Errors
    /// As [`RunHandle::write_checkpoint`], where the run is to stop at them.
    pub fn keep_checkpoint(&self, position: Position, best: bool, state: State) -> Result<()> {
        // Where it fails, the next one is tried when it is due, not at each step.
        self.0.checked.set(Instant::now());
        let checkpoint = Checkpoint { position, best, tensors: state.tensors, state: state.plain };
        self.0.write(CHECKPOINTS, |folder| checkpoint.write(folder.path()))
    }

    /// The checkpoint that `imdbsh resume` goes on from, where this run is to go on at all; says what is damaged.
    pub fn checkpoint_to_resume(&self) -> Result<Option<Checkpoint>> {
        match &self.0.resumes {
            None => Ok(None),
            Some(Some(name)) => Checkpoint::named(&self.path(), name).map(Some),
            Some(None) => {
                let (found, wrong) = Checkpoint::newest(&self.path());
                wrong.iter().for_each(|error| complain(&format!("{error}; the one before it is used")));
                Ok(found)
            }
        }
    }

    /// Puts the files back to where a history ends.
    pub fn rewind(&self, history: History) -> Result<()> {
        self.0.folder.borrow_mut().rewind_log(&records(history))
    }

    /// Whether the run goes on where it was.
    pub fn resumes(&self) -> bool {
        self.0.resumes.is_some()
    }

    /// Keeps what was changed in the course of the run.
    pub fn note_change(&self, change: &Value) -> Result<()> {
        match change {
            Value::Object(record) => self.0.write(CHANGES, |folder| folder.note_change(record)),
            _ => Ok(()),
        }
    }

    /// Keeps a text under `file` in the folder.
    pub fn keep_text(&self, file: &str, text: &str) -> Result<()> {
        self.0.write(CHANGES, |folder| folder.keep_text(file, text))
    }
}

#[export_module]
mod api {
    /// A new run folder, `runs/NAME-DATE-TIME` or what `--run-dir` says, with `config.json` (the script's options, these
    /// `options` of the training, seed, versions, device, threads, the data's fingerprints, and what
    /// else of numbers and texts stands in `data`) and `script.rhai`; `vocabulary.json`, the words in the order of their
    /// indices, where `data` has a vocabulary, or `encoder/`, a BERT's configuration and tokenizer, where it has an `encoder`
    /// and a `tokenizer`. What `scripts/test.rhai` needs to score it again.
    ///
    /// Errors: a folder that cannot be made, or that holds a run already.
    ///
    /// ```rhai
    /// let run = run_folder(#{ epochs: 1 }, #{ train: dataset(zeros([4, 2]), zeros([4])) });
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.save_epoch(h[-1], h, linear(2, 1));
    /// run.finish(h);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn run_folder(context: NativeCallContext, options: Map, data: Map) -> ScriptResult<RunHandle> {
        Ok(create::create(&*settings(&context)?, &options, &data)?)
    }

    /// The folder's path.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// assert(run.path.len() > 0);
    /// ```
    #[rhai_fn(get = "path", pure)]
    pub fn path(run: &mut RunHandle) -> String {
        run.path().display().to_string()
    }

    /// Keeps an epoch: its row in `metrics.jsonl`, the network in `model.safetensors`, and now and then the curves in
    /// `loss.png`.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.save_epoch(h[-1], h, linear(2, 1));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save_epoch(run: &mut RunHandle, row: Map, history: History, network: Network) -> ScriptResult<()> {
        let (run, history) = (&run.0, records(history));
        run.write(METRICS, |folder| folder.log(&record(&row), &history))?;
        let network = network.0.as_ref();
        run.write(WEIGHTS, |folder| weights::save_module(&folder.path().join(WEIGHTS), network, &BTreeMap::new()))?;
        if run.drawn.get().is_none_or(|at| at.elapsed() >= REDRAW) {
            run.draw(&history)?;
        }
        Ok(())
    }

    /// Draws the curves of the whole history into `loss.png`, and says what could not be written in the course of the run; a
    /// program that ends with such a run has the exit code 1.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.finish(h);
    /// ```
    #[rhai_fn(name = "finish", return_raw, pure)]
    pub fn finish_run(context: NativeCallContext, run: &mut RunHandle, history: History) -> ScriptResult<()> {
        let history = records(history);
        run.0.write(METRICS, |folder| folder.complete_log(&history))?;
        run.0.draw(&history)?;
        let (path, missing) = (run.path(), run.0.unwritten.borrow().missing());
        if !missing.is_empty() {
            complain(&format!("not all of {} could be written:\n  {}", path.display(), missing.join("\n  ")));
            settings(&context)?.incomplete.borrow_mut().push(path);
        }
        Ok(())
    }

    /// What happens when something cannot be written, on a full disk or in a folder that vanishes: `"stop"`, an error; or
    /// `"continue"`: it is said once for each file, `finish` says what is missing in the end, and each is tried again when it
    /// is due the next time.
    ///
    /// Errors: another word.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// assert_eq(run.on_disk_error, "stop");
    /// run.on_disk_error = "continue";
    /// ```
    #[rhai_fn(get = "on_disk_error", pure)]
    pub fn on_disk_error(run: &mut RunHandle) -> String {
        ON_DISK_ERROR[usize::from(run.0.unwritten.borrow().goes_on)].to_string()
    }

    #[rhai_fn(set = "on_disk_error", return_raw, pure)]
    pub fn set_on_disk_error(run: &mut RunHandle, word: &str) -> ScriptResult<()> {
        if !ON_DISK_ERROR.contains(&word) {
            return Err(Error::unknown(ErrorKind::Option, "on_disk_error", word, &ON_DISK_ERROR).into());
        }
        run.0.unwritten.borrow_mut().goes_on = word == ON_DISK_ERROR[1];
        Ok(())
    }

    /// What could not be written so far, a line each: `model.safetensors: cannot write …: No space left on device`.
    ///
    /// ```rhai
    /// assert_eq(run_folder(#{}, #{}).missing, []);
    /// ```
    #[rhai_fn(get = "missing", pure)]
    pub fn missing(run: &mut RunHandle) -> Array {
        run.0.unwritten.borrow().missing().into_iter().map(Dynamic::from).collect()
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(run: &mut RunHandle) -> String {
        format!("Run({})", run.path().display())
    }
}
