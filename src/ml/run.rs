//! The folder that a run writes into: what was asked (`config.json`, the script), what came out (`metrics.jsonl`,
//! `loss.png`, and the weights, which others put there).

mod unwritten;
mod writer;

pub use writer::Run;

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    checkpoint,
    files::{is_temporary, try_lock, write_atomically},
    models::encoder::ENCODER,
    plot,
};
use jiff::{Zoned, civil::DateTime};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";
/// The script as it was when the run began.
pub const SCRIPT: &str = "script.rhai";
const VOCABULARY: &str = "vocabulary.json";
const TOKENIZER: &str = "tokenizer.json";
/// The rows of a run.
pub const METRICS: &str = "metrics.jsonl";
/// The curves of a run.
pub const PLOT: &str = "loss.png";
/// What was changed in the course of a run.
pub const CHANGES: &str = "changes.jsonl";
/// The network after its last epoch.
pub const WEIGHTS: &str = "model.safetensors";
/// Whoever writes into the folder holds the lock of this file.
const LOCK: &str = ".lock";

/// What a run puts into its folder, here or elsewhere: a folder that has one of them is not for another run.
const FILES: [&str; 4] = [METRICS, CONFIG, PLOT, WEIGHTS];

/// One epoch of a run: `epoch, lr, train_loss, train_acc, test_loss, test_acc, train_seconds, test_seconds`, in the
/// order in which they are written. Values that are not there, null or NaN are gaps in the plot.
pub type Record = Map<String, Value>;

#[derive(Debug)]
pub struct RunFolder {
    name: String,
    path: PathBuf,
    /// No other program writes here while it is held.
    lock: File,
    /// The files that were written when the run began, to be written again where the folder vanishes.
    begun: Vec<(PathBuf, Vec<u8>)>,
    /// Whether `metrics.jsonl` is not what it should be, after a write that failed.
    torn: bool,
}

impl RunFolder {
    /// Makes `runs/NAME-YYYYMMDD-HHMMSS/` below the current folder (local time; `-2` and so on behind a second run of
    /// the same second), or `dir` where one is given.
    ///
    /// # Errors
    /// A `dir` that already holds a run, is a file, or cannot be made or written; one in which another program is at work.
    pub fn create(name: &str, dir: Option<PathBuf>) -> Result<Self> {
        match dir {
            Some(dir) => RunFolder::at(name, dir),
            None => RunFolder::under(Path::new("runs"), name, Zoned::now().datetime()),
        }
    }

    /// A new folder for the run `name` that starts at `now`, inside `root`.
    ///
    /// # Errors
    /// A `root` that cannot be made or written.
    pub fn under(root: &Path, name: &str, now: DateTime) -> Result<Self> {
        access::create_dir_all(root)?;
        let stem = format!("{}-{}", file_name(name), now.strftime("%Y%m%d-%H%M%S"));
        let mut count = 1;
        loop {
            let path = root.join(if count == 1 { stem.clone() } else { format!("{stem}-{count}") });
            // Making the folder is the test whether it is there: two programs never get the same one.
            match access::create_dir(&path)? {
                true => return RunFolder::at(name, path),
                false => count += 1,
            }
        }
    }

    fn at(name: &str, path: PathBuf) -> Result<Self> {
        // An unwritable folder is said before the training, not behind its first epoch.
        let lock = lock(&path)?;
        if let Some(file) = FILES.into_iter().find(|file| is_there(&path.join(file))) {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} already holds a run ({file}): name another folder, or move it away", path.display()),
            ));
        }
        append(&path.join(METRICS), "")?;
        Ok(RunFolder { name: name.to_string(), path, lock, begun: Vec::new(), torn: false })
    }

    /// The folder of a run that is to go on.
    ///
    /// # Errors
    /// A folder that holds no run, or cannot be written; one in which another program is at work.
    pub fn reopen(name: &str, path: PathBuf) -> Result<Self> {
        if !access::is_file(&path.join(CONFIG)) {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} is no run folder: it has no {CONFIG}", path.display()),
            ));
        }
        let lock = lock(&path)?;
        for name in access::list(&path)?.into_iter().filter(|name| is_temporary(name)) {
            access::remove_file(&path.join(name))?;
        }
        checkpoint::tidy(&path);
        let encoder = [CONFIG, TOKENIZER].map(|file| Path::new(ENCODER).join(file));
        let files = [CONFIG, SCRIPT, VOCABULARY].map(PathBuf::from).into_iter().chain(encoder);
        let begun = files.filter_map(|file| access::read(&path.join(&file)).ok().map(|bytes| (file, bytes))).collect();
        Ok(RunFolder { name: name.to_string(), path, lock, begun, torn: false })
    }

    /// Where the folder has vanished: makes it again, with what was in it when the run began. Says whether it had.
    ///
    /// # Errors
    /// A folder that cannot be made, or in which another program is at work by now.
    pub fn mend(&mut self) -> Result<bool> {
        if is_there(&self.path.join(LOCK)) {
            return Ok(false);
        }
        self.torn = true;
        self.lock = lock(&self.path)?;
        self.begun.iter().try_for_each(|(file, bytes)| self.put(file, bytes))?;
        Ok(true)
    }

    /// Puts `metrics.jsonl` back to the epochs in `history`: a run goes on from a checkpoint, and its file may be behind it or
    /// before it. Lines that are there stay as they are.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn rewind_log(&mut self, history: &[Record]) -> Result<()> {
        let path = self.path.join(METRICS);
        let old = access::read_to_string(&path).unwrap_or_default();
        let whole = |line: &str| serde_json::from_str::<Record>(line).is_ok();
        let kept: Vec<&str> = old.lines().take_while(|line| whole(line)).take(history.len()).collect();
        write_atomically(&path, |file| {
            kept.iter().try_for_each(|line| writeln!(file, "{line}"))?;
            let written = |record: &Record| Ok(writeln!(file, "{}", serde_json::to_string(record)?)?);
            history[kept.len()..].iter().try_for_each(written).map_err(|e: std::io::Error| e)
        })?;
        self.torn = false;
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn put(&self, file: &Path, bytes: &[u8]) -> Result<()> {
        let path = self.path.join(file);
        let folder = path.parent().unwrap_or(&path);
        access::create_dir_all(folder)?;
        write_atomically(&path, |file| file.write_all(bytes))
    }

    /// Writes a file that does not change any more.
    fn begin(&mut self, file: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<()> {
        let file = file.into();
        self.put(&file, &bytes)?;
        self.begun.push((file, bytes));
        Ok(())
    }

    /// Writes `config.json`.
    ///
    /// # Errors
    /// A folder that cannot be written, as for all that follow.
    pub fn write_config(&mut self, config: &Value) -> Result<()> {
        let text = serde_json::to_string_pretty(config).map_err(|e| Error::data(format!("{CONFIG}: {e}")))?;
        self.begin(CONFIG, (text + "\n").into_bytes())
    }

    /// Writes `vocabulary.json`: an array of the words in the order of their indices.
    pub fn write_words<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Result<()> {
        let words: Vec<&str> = words.collect();
        let text = serde_json::to_vec(&words).map_err(|e| Error::data(format!("{VOCABULARY}: {e}")))?;
        self.begin(VOCABULARY, text)
    }

    /// Writes what a fine-tuned encoder is used again with, beside its weights: its configuration and its tokenizer, in the
    /// folder `encoder`.
    pub fn write_encoder(&mut self, config: &Path, tokenizer: &str) -> Result<()> {
        let items = access::read(config)?;
        self.begin(Path::new(ENCODER).join(CONFIG), items)?;
        self.begin(Path::new(ENCODER).join(TOKENIZER), tokenizer.as_bytes().to_vec())
    }

    /// Writes `script.rhai`, the script as it was when the run began.
    ///
    /// # Errors
    /// A file of that name that is there already.
    pub fn write_script(&mut self, text: &str) -> Result<()> {
        let path = self.path.join(SCRIPT);
        if is_there(&path) {
            return Err(Error::file("write the run's copy of the script", &path, "a file of that name is there"));
        }
        self.begin(SCRIPT, text.as_bytes().to_vec())
    }

    /// Appends one line to `metrics.jsonl`, its keys in the order of `record`. Numbers that JSON does not have (NaN and
    /// the infinities) are null there, as they are in every `serde_json::Value`. Where an earlier line could not be written,
    /// the file is made anew from the whole `history`.
    pub fn log(&mut self, record: &Record, history: &[Record]) -> Result<()> {
        if self.torn {
            return self.rewind_log(history);
        }
        let appended = append(&self.path.join(METRICS), &line(record)?);
        self.torn = appended.is_err();
        appended
    }

    /// Makes `metrics.jsonl` whole, where it is not.
    pub fn complete_log(&mut self, history: &[Record]) -> Result<()> {
        if self.torn { self.rewind_log(history) } else { Ok(()) }
    }

    /// Appends what was changed in the course of the run to `changes.jsonl`.
    pub fn note_change(&self, record: &Record) -> Result<()> {
        append(&self.path.join(CHANGES), &line(record)?)
    }

    /// Writes a text under `file` below the folder.
    pub fn keep_text(&self, file: &str, text: &str) -> Result<()> {
        self.put(Path::new(file), text.as_bytes())
    }

    /// Draws `loss.png`: loss and accuracy of both sets over the epochs.
    pub fn save_plot(&self, history: &[Record]) -> Result<()> {
        plot::save(&plot::training_curves(&self.name, history), &self.path.join(PLOT))
    }
}

/// Takes the lock of a run folder, which is made where it is missing.
fn lock(run: &Path) -> Result<File> {
    access::create_dir_all(run)?;
    let path = run.join(LOCK);
    try_lock(access::append(&path)?, &path)?.ok_or_else(|| {
        let message = format!("another run is at work in {}: wait for its end, or name another folder", run.display());
        Error::new(ErrorKind::File, message)
    })
}

fn is_there(path: &Path) -> bool {
    access::exists(path).unwrap_or(false)
}

/// In one write: a run that is killed leaves whole lines.
fn append(path: &Path, text: &str) -> Result<()> {
    access::append(path)?.write_all(text.as_bytes()).map_err(|e| Error::file("write", path, e))
}

fn line(record: &Record) -> Result<String> {
    let text = serde_json::to_string(record).map_err(|e| Error::data(format!("a row of the run: {e}")))?;
    Ok(text + "\n")
}

/// The `config.json` of a run.
///
/// # Errors
/// A folder that holds no run, a file that is not JSON.
pub fn read_config(run: &Path) -> Result<Value> {
    let path = run.join(CONFIG);
    let text = access::read_to_string(&path).map_err(|e| e.within(&format!("{} is no run folder", run.display())))?;
    serde_json::from_str(&text).map_err(|e| Error::data(format!("{} is damaged: {e}", path.display())))
}

/// `name` without what a folder's name cannot hold: a script may call its run `lr/1e-3`.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() || "/\\:*?\"<>|".contains(c) { '_' } else { c })
        .take(80)
        .collect();
    match plain.trim_start_matches('.') {
        "" => "run".to_string(),
        rest => rest.to_string(),
    }
}
