//! One run's folder: how it is made, found again and mended, and what is written into it.

use super::clock;
use super::curves::training_curves;
use super::fresh::fresh;
use super::held::Held;
use super::log::{Log, append};
use super::names::{CHANGES, CONFIG, DATA, METRICS, PLOT, SCRIPT, TOKENIZER, VOCABULARY, WEIGHTS};
use super::record::{Record, line};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    checkpoint,
    files::{is_temporary, write_atomically},
    models::encoder::ENCODER,
    plot,
};
use jiff::civil::DateTime;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a run puts into its folder, here or elsewhere: a folder that has one of them is not for another run.
const FILES: [&str; 4] = [METRICS, CONFIG, PLOT, WEIGHTS];

/// The folder of the runs that have no place of their own.
const RUNS: &str = "runs";

#[derive(Debug)]
pub struct RunFolder {
    name: String,
    held: Held,
    /// The files that were written when the run began, to be written again where the folder vanishes.
    begun: Vec<(PathBuf, Vec<u8>)>,
    log: Log,
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
            None => RunFolder::under(Path::new(RUNS), name, clock::now()),
        }
    }

    /// A new folder for the run `name` that starts at `now`, inside `root`.
    ///
    /// # Errors
    /// A `root` that cannot be made or written.
    pub fn under(root: &Path, name: &str, now: DateTime) -> Result<Self> {
        RunFolder::at(name, fresh(root, name, now)?)
    }

    fn at(name: &str, path: PathBuf) -> Result<Self> {
        // An unwritable folder is said before the training, not behind its first epoch.
        let held = Held::take(path)?;
        let path = held.path();
        if let Some(file) = FILES.into_iter().find(|file| is_there(&path.join(file))) {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} already holds a run ({file}): name another folder, or move it away", path.display()),
            ));
        }
        let log = Log::of(path);
        Ok(RunFolder { name: name.to_string(), held, begun: Vec::new(), log })
    }

    /// Whether the run at `path` may be gone on with: what says that a program made it, or made another one before it, is a file that
    /// scripts can write.
    ///
    /// # Errors
    /// Kind `access`: the user has not named it.
    pub fn may_go_on(path: &Path) -> Result<()> {
        let why = |e: Error| e.within(&format!("{} is to go on", path.display()));
        access::may_write(&path.join(CONFIG)).map_err(why)
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
        let held = Held::take(path)?;
        let path = held.path();
        for name in access::list(path)?.into_iter().filter(|name| is_temporary(name)) {
            access::remove_file(&path.join(name))?;
        }
        checkpoint::tidy(path);
        let encoder = [CONFIG, TOKENIZER].map(|file| Path::new(ENCODER).join(file));
        // With its configuration a run has begun: it comes last.
        let files = [SCRIPT, VOCABULARY, DATA].map(PathBuf::from).into_iter().chain(encoder).chain([CONFIG.into()]);
        let begun = files.filter_map(|file| access::read(&path.join(&file)).ok().map(|bytes| (file, bytes))).collect();
        let log = Log::of(path);
        Ok(RunFolder { name: name.to_string(), held, begun, log })
    }

    pub fn held(&self) -> &Held {
        &self.held
    }

    /// Makes the folder again, with what was in it when the run began.
    ///
    /// # Errors
    /// A folder that cannot be made, or in which another program is at work by now.
    pub fn make_again(&mut self) -> Result<()> {
        self.make_again_at(self.path().to_path_buf())
    }

    fn make_again_at(&mut self, place: PathBuf) -> Result<()> {
        self.log.lost();
        self.held = Held::take(place)?;
        self.begun.iter().try_for_each(|(file, bytes)| self.put(file, bytes))
    }

    /// Goes on in a new folder beside the one that it had, with what was in that when the run began.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn move_beside(&mut self) -> Result<()> {
        // Where it may not write there: where runs are that have no place of their own.
        let place = make_beside(self.path()).or_else(|_| {
            access::create_dir_all(Path::new(RUNS))?;
            make_beside(&Path::new(RUNS).join(self.path().file_name().unwrap_or_default()))
        })?;
        self.log = Log::of(&place);
        self.make_again_at(place)
    }

    /// Puts `metrics.jsonl` back to the epochs in `history`: a run goes on from a checkpoint, and its file may be behind it or
    /// before it. Lines that are there stay as they are.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn rewind_log(&mut self, history: &[Record]) -> Result<()> {
        self.log.rewind(history)
    }

    pub fn path(&self) -> &Path {
        self.held.path()
    }

    fn put(&self, file: &Path, bytes: &[u8]) -> Result<()> {
        let path = self.path().join(file);
        let folder = path.parent().unwrap_or(&path);
        access::create_dir_all(folder)?;
        write_atomically(&path, |file| file.write_all(bytes))
    }

    /// Writes a file that does not change any more.
    fn begin(&mut self, file: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<()> {
        let file = file.into();
        self.put(&file, &bytes)?;
        self.begun.retain(|(begun, _)| *begun != file);
        self.begun.push((file, bytes));
        Ok(())
    }

    /// Writes `config.json`, with which the run has begun: what else it is to begin with is there by then.
    ///
    /// # Errors
    /// A folder that cannot be written, as for all that follow.
    pub fn write_config(&mut self, config: &Value) -> Result<()> {
        let text = serde_json::to_string_pretty(config).map_err(|e| Error::data(format!("{CONFIG}: {e}")))?;
        self.begin(CONFIG, (text + "\n").into_bytes())?;
        self.log.begin()
    }

    /// Writes `vocabulary.json`: an array of the words in the order of their indices.
    pub fn write_words<'a>(&mut self, words: impl Iterator<Item = &'a str>) -> Result<()> {
        let words: Vec<&str> = words.collect();
        let text = serde_json::to_vec(&words).map_err(|e| Error::data(format!("{VOCABULARY}: {e}")))?;
        self.begin(VOCABULARY, text)
    }

    /// Writes `data.json`: what was read, in figures.
    pub fn write_data(&mut self, account: &Value) -> Result<()> {
        let text = serde_json::to_string_pretty(account).map_err(|e| Error::data(format!("{DATA}: {e}")))?;
        self.begin(DATA, (text + "\n").into_bytes())
    }

    /// Writes what a fine-tuned encoder is used again with, beside its weights: the text of its configuration and its tokenizer, in the
    /// folder `encoder`.
    pub fn write_encoder(&mut self, config: Vec<u8>, tokenizer: &str) -> Result<()> {
        self.begin(Path::new(ENCODER).join(CONFIG), config)?;
        self.begin(Path::new(ENCODER).join(TOKENIZER), tokenizer.as_bytes().to_vec())
    }

    /// Writes `script.rhai`, the script as it was when the run began.
    ///
    /// # Errors
    /// Another file of that name that is there already.
    pub fn write_script(&mut self, text: &str) -> Result<()> {
        let path = self.path().join(SCRIPT);
        // One that was killed before it had begun has left it.
        if is_there(&path) && access::read(&path)? != text.as_bytes() {
            return Err(Error::file("write the run's copy of the script", &path, "a file of that name is there"));
        }
        self.begin(SCRIPT, text.as_bytes().to_vec())
    }

    /// Appends one line to `metrics.jsonl`, its keys in the order of `record`. Numbers that JSON does not have (NaN and
    /// the infinities) are null there, as they are in every `serde_json::Value`. Where an earlier line could not be written,
    /// the file is made anew from the whole `history`.
    pub fn log(&mut self, record: &Record, history: &[Record]) -> Result<()> {
        self.log.append(record, history)
    }

    /// Makes `metrics.jsonl` whole, where it is not.
    pub fn complete_log(&mut self, history: &[Record]) -> Result<()> {
        self.log.complete(history)
    }

    /// Appends what was changed in the course of the run to `changes.jsonl`.
    pub fn note_change(&self, record: &Record) -> Result<()> {
        append(&self.path().join(CHANGES), &line(record)?)
    }

    /// Writes a text under `file` below the folder.
    pub fn keep_text(&self, file: &str, text: &str) -> Result<()> {
        self.put(Path::new(file), text.as_bytes())
    }

    /// Draws `loss.png`: loss and accuracy of both sets over the epochs.
    pub fn save_plot(&self, history: &[Record]) -> Result<()> {
        plot::save(&training_curves(&self.name, history), &self.path().join(PLOT))
    }
}

/// A new folder beside `run`, with a name after its own.
fn make_beside(run: &Path) -> Result<PathBuf> {
    let mut count = 1;
    loop {
        let number = if count == 1 { String::new() } else { format!("-{count}") };
        let place = PathBuf::from(format!("{}-kept{number}", run.display()));
        if access::create_dir(&place)? {
            return Ok(place);
        }
        count += 1;
    }
}

fn is_there(path: &Path) -> bool {
    access::exists(path).unwrap_or(false)
}
