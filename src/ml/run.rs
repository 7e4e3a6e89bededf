//! The folder that a run writes into: what was asked (`config.json`, the script), what came out (`metrics.jsonl`,
//! `loss.png`, and the weights, which others put there).

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use crate::ml::models::bert::ENCODER;
use crate::ml::plot;
use jiff::{Zoned, civil::DateTime};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";
const VOCABULARY: &str = "vocabulary.json";
/// The rows of a run.
pub const METRICS: &str = "metrics.jsonl";
const PLOT: &str = "loss.png";
const CHANGES: &str = "changes.jsonl";
/// The network after its last epoch.
pub const WEIGHTS: &str = "model.safetensors";

/// What a run puts into its folder, here or elsewhere: a folder that has one of them is not for another run.
const FILES: [&str; 4] = [METRICS, CONFIG, PLOT, WEIGHTS];

/// One epoch of a run: `epoch, lr, train_loss, train_acc, test_loss, test_acc, train_seconds, test_seconds`, in the
/// order in which they are written. Values that are not there, null or NaN are gaps in the plot.
pub type Record = Map<String, Value>;

#[derive(Debug)]
pub struct RunFolder {
    name: String,
    path: PathBuf,
    metrics: File,
}

impl RunFolder {
    /// Makes `runs/NAME-YYYYMMDD-HHMMSS/` below the current folder (local time; `-2` and so on behind a second run of
    /// the same second), or `dir` where one is given.
    ///
    /// # Errors
    /// A `dir` that already holds a run, is a file, or cannot be made or written.
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
        if let Some(file) = FILES.into_iter().find(|file| access::exists(&path.join(file)).unwrap_or(false)) {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} already holds a run ({file}): name another folder, or move it away", path.display()),
            ));
        }
        access::create_dir_all(&path)?;
        // Opened now, so that an unwritable folder is said before the training, not behind its first epoch.
        let metrics = open_log(&path)?;
        Ok(RunFolder { name: name.to_string(), path, metrics })
    }

    /// The folder of a run that is to go on.
    ///
    /// # Errors
    /// A folder that holds no run, or cannot be written.
    pub fn reopen(name: &str, path: PathBuf) -> Result<Self> {
        let config = path.join(CONFIG);
        if !access::is_file(&config) {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} is no run folder: it has no {CONFIG}", path.display()),
            ));
        }
        let metrics = open_log(&path)?;
        Ok(RunFolder { name: name.to_string(), path, metrics })
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
        self.metrics = open_log(&self.path)?;
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `config.json`.
    ///
    /// # Errors
    /// A folder that cannot be written, as for all that follow.
    pub fn write_config(&self, config: &Value) -> Result<()> {
        write_atomically(&self.path.join(CONFIG), |file| {
            serde_json::to_writer_pretty(&mut *file, config)?;
            writeln!(file).map_err(serde_json::Error::io)
        })
    }

    /// Writes `vocabulary.json`: an array of the words in the order of their indices.
    pub fn write_words<'a>(&self, words: impl Iterator<Item = &'a str>) -> Result<()> {
        let words: Vec<&str> = words.collect();
        write_atomically(&self.path.join(VOCABULARY), |file| serde_json::to_writer(&mut *file, &words))
    }

    /// Writes what a fine-tuned encoder is used again with, beside its weights: its configuration and its tokenizer, in the
    /// folder `encoder`.
    pub fn write_encoder(&self, config: &Path, tokenizer: &str) -> Result<()> {
        let folder = self.path.join(ENCODER);
        access::create_dir_all(&folder)?;
        let items = access::read(config)?;
        write_atomically(&folder.join(CONFIG), |file| file.write_all(&items))?;
        write_atomically(&folder.join("tokenizer.json"), |file| file.write_all(tokenizer.as_bytes()))
    }

    /// Writes a text file, such as the script as it was when the run began.
    ///
    /// # Errors
    /// A file of that name that is there already.
    pub fn write_text(&self, file: &str, text: &str) -> Result<()> {
        let path = self.path.join(file);
        if access::exists(&path)? {
            return Err(Error::file("write the run's copy of the script", &path, "a file of that name is there"));
        }
        write_atomically(&path, |file| file.write_all(text.as_bytes()))
    }

    /// Appends one line to `metrics.jsonl`, its keys in the order of `record`. Numbers that JSON does not have (NaN and
    /// the infinities) are null there, as they are in every `serde_json::Value`.
    pub fn log(&self, record: &Record) -> Result<()> {
        let mut line = serde_json::to_string(record).map_err(|e| Error::data(format!("metrics: {e}")))?;
        line.push('\n');
        // In one write: a run that is killed leaves whole lines.
        (&self.metrics).write_all(line.as_bytes()).map_err(|e| Error::file("write", &self.path.join(METRICS), e))
    }

    /// Appends what was changed in the course of the run to `changes.jsonl`.
    pub fn note_change(&self, record: &Record) -> Result<()> {
        let path = self.path.join(CHANGES);
        let mut line = serde_json::to_string(record).map_err(|e| Error::data(format!("changes: {e}")))?;
        line.push('\n');
        access::append(&path)?.write_all(line.as_bytes()).map_err(|e| Error::file("write", &path, e))
    }

    /// Draws `loss.png`: loss and accuracy of both sets over the epochs.
    pub fn save_plot(&self, history: &[Record]) -> Result<()> {
        plot::save(&plot::training_curves(&self.name, history), &self.path.join(PLOT))
    }
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

fn open_log(run: &Path) -> Result<File> {
    access::append(&run.join(METRICS))
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
