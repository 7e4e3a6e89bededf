//! The run folder.

use super::data::{DatasetHandle, find_model};
use super::training::State;
use super::{history::History, network::Network, text::VocabularyHandle, tokenizer::TokenizerHandle};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::{
    checkpoint::{Checkpoint, Position},
    device,
    models::bert,
    random,
    run::{self, Record, RunFolder, WEIGHTS},
    weights,
};
use crate::script::{ScriptResult, Settings, settings};
use crate::terminal::complain;
use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext, exported_module, plugin::*};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

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
}

/// While a training runs, the plot is drawn anew no more often than this.
const REDRAW: Duration = Duration::from_secs(10);

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

/// A script's value as JSON; what JSON has no form for (functions, tensors) as the text that a print shows.
fn to_json(value: &Dynamic) -> Value {
    if value.is::<FnPtr>() {
        return Value::String("function".into());
    }
    rhai::serde::from_dynamic(value).unwrap_or_else(|_| Value::String(value.to_string()))
}

/// A number, a text, or an array of them: what can be read again from JSON as it was.
fn is_plain(value: &Dynamic) -> bool {
    let one = |v: &Dynamic| v.is_int() || v.is_float() || v.is_bool() || v.is_string();
    one(value) || value.read_lock::<Array>().is_some_and(|array| array.iter().all(one))
}

fn config(settings: &Settings, options: &Map, data: &Map) -> Result<Value> {
    let map = |m: &Map| m.iter().map(|(k, v)| (k.to_string(), to_json(v))).collect::<Record>();
    let mut sets = Record::new();
    for (name, part) in data {
        if let Some(set) = part.clone().try_cast::<DatasetHandle>() {
            sets.insert(name.to_string(), json!({ "rows": set.len(), "fingerprint": set.fingerprint()? }));
        } else if is_plain(part) {
            sets.insert(name.to_string(), to_json(part));
        }
    }
    Ok(json!({
        "name": settings.name,
        "file": settings.file.as_deref().map(absolute),
        "arguments": settings.arguments,
        "earlier": *settings.runs.borrow(),
        "options": map(&settings.resolved.borrow()),
        "training": map(options),
        "seed": random::state().seed,
        "device": device::name(device::current()),
        "threads": tch::get_num_threads(),
        "versions": { "imdbsh": env!("CARGO_PKG_VERSION"), "libtorch": env!("IMDBSH_LIBTORCH_VERSION") },
        "data": sets,
    }))
}

fn create(settings: &Settings, options: &Map, data: &Map) -> Result<RunHandle> {
    let earlier = settings.runs.borrow().clone();
    let config = config(settings, options, data)?;
    let run = match resumed(settings, earlier.len()) {
        Some((path, from)) => {
            same_data(&path, &config)?;
            Run::new(RunFolder::reopen(&settings.name, path)?, Some(from))
        }
        None => {
            // A script that trains several times fills several folders: DIR, DIR-2, DIR-3.
            let folder = settings.run_dir.as_ref().map(|dir| match earlier.len() {
                0 => dir.clone(),
                n => format!("{}-{}", dir.display(), n + 1).into(),
            });
            if let Some(folder) = &folder {
                access::allow_run(folder)?;
            }
            let folder = RunFolder::create(&settings.name, folder)?;
            folder.write_text("script.rhai", &settings.text())?;
            folder.write_config(&config)?;
            if let Some(vocabulary) = data.get("vocabulary").and_then(|v| v.clone().try_cast::<VocabularyHandle>()) {
                folder.write_words(vocabulary.words())?;
            }
            let encoder = data.get("encoder").and_then(|e| e.clone().into_string().ok());
            let tokenizer = data.get("tokenizer").and_then(|t| t.clone().try_cast::<TokenizerHandle>());
            if let (Some(encoder), Some(tokenizer)) = (encoder, tokenizer) {
                folder.write_encoder(&bert::config_file(&find_model(settings, &encoder)?)?, &tokenizer.to_json()?)?;
            }
            Run::new(folder, None)
        }
    };
    settings.runs.borrow_mut().push(absolute(run.folder.borrow().path()));
    Ok(RunHandle(Rc::new(run)))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The folder that the run at this place goes on in, and the name of the checkpoint that it goes on from.
fn resumed(settings: &Settings, place: usize) -> Option<(PathBuf, Option<String>)> {
    let resume = settings.resume.as_ref()?;
    let last = place + 1 == resume.folders.len();
    Some((resume.folders.get(place)?.clone(), resume.from.clone().filter(|_| last)))
}

/// A run goes on with its own data only.
fn same_data(run: &Path, config: &Value) -> Result<()> {
    let old = run::read_config(run)?;
    let prints = |config: &Value| -> Vec<Value> {
        ["train", "test"].iter().map(|set| config["data"][set]["fingerprint"].clone()).collect()
    };
    match prints(&old) == prints(config) {
        true => Ok(()),
        false => Err(Error::data(format!("{} was trained on other data: it cannot go on with these", run.display()))),
    }
}

impl Run {
    fn new(folder: RunFolder, resumes: Option<Option<String>>) -> Self {
        Run { folder: RefCell::new(folder), drawn: Cell::new(None), checked: Cell::new(Instant::now()), resumes }
    }

    fn draw(&self, history: History) -> Result<()> {
        let records: Vec<Record> = history.into_iter().map(|row| record(&row)).collect();
        self.drawn.set(Some(Instant::now()));
        self.folder.borrow().save_plot(&records)
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
    pub fn write_checkpoint(&self, position: Position, best: bool, state: State) -> Result<()> {
        let checkpoint = Checkpoint { position, best, tensors: state.tensors, state: state.plain };
        checkpoint.write(&self.path())?;
        self.0.checked.set(Instant::now());
        Ok(())
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
        let records: Vec<Record> = history.into_iter().map(|row| record(&row)).collect();
        self.0.folder.borrow_mut().rewind_log(&records)
    }

    /// Whether the run goes on where it was.
    pub fn resumes(&self) -> bool {
        self.0.resumes.is_some()
    }

    /// Keeps what was changed in the course of the run.
    pub fn note_change(&self, change: &Value) -> Result<()> {
        match change {
            Value::Object(record) => self.0.folder.borrow().note_change(record),
            _ => Ok(()),
        }
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
        Ok(create(&*settings(&context)?, &options, &data)?)
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
        let run = &run.0;
        run.folder.borrow().log(&record(&row))?;
        weights::save_module(&run.folder.borrow().path().join(WEIGHTS), network.0.as_ref(), &BTreeMap::new())?;
        if run.drawn.get().is_none_or(|at| at.elapsed() >= REDRAW) {
            run.draw(history)?;
        }
        Ok(())
    }

    /// Draws the curves of the whole history into `loss.png`.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// run.finish(h);
    /// ```
    #[rhai_fn(name = "finish", return_raw, pure)]
    pub fn finish_run(run: &mut RunHandle, history: History) -> ScriptResult<()> {
        Ok(run.0.draw(history)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(run: &mut RunHandle) -> String {
        format!("Run({})", run.path().display())
    }
}
