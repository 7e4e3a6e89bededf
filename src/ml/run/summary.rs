//! A run folder as it is read from outside: what was asked, how it stands, what came out.

use super::heartbeat;
use super::names::{CONFIG, LOCK, METRICS, RESULT, SCRIPT, STATUS, STEPS, TAGS};
use super::record::Record;
use super::status::{State, Status};
use super::{config::read_config, seen::How};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use serde_json::Value;
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What a folder says of its run. It is read as far as it goes: `wrong` has what is missing or damaged.
#[derive(Debug, Clone)]
pub struct Summary {
    pub folder: PathBuf,
    /// Null where it cannot be read.
    pub config: Value,
    /// A row an epoch.
    pub rows: Vec<Record>,
    /// What it has come to, where that is more than rows: `result.json`.
    pub result: Option<Record>,
    pub how: How,
    /// Of one that failed, why; of one that waits, where.
    pub error: Option<String>,
    /// Since when it stands so, in UTC; of a folder of an older version nobody knows.
    pub since: Option<String>,
    pub tags: Vec<String>,
    pub wrong: Vec<String>,
}

/// Whether a folder holds a run, or what is left of one.
pub fn is_run(folder: &Path) -> bool {
    let has = |file: &str| access::is_file(&folder.join(file));
    has(STATUS) || has(METRICS) || has(CONFIG) && has(SCRIPT)
}

/// The run folder in which `path` lies, or which it is.
pub fn run_around(path: &Path) -> Option<&Path> {
    path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).find(|folder| is_run(folder))
}

impl Summary {
    /// # Errors
    /// A folder that holds no run, or nothing of one that could be told of.
    pub fn open(folder: &Path) -> Result<Summary> {
        let found = Summary::read(folder);
        match found.config.is_null() {
            false => Ok(found),
            true => read_config(folder).map(|_| found),
        }
    }

    /// What is left of a run, however little that is.
    pub fn read(folder: &Path) -> Summary {
        let mut wrong = Vec::new();
        let config = read_config(folder).unwrap_or_else(|error| {
            wrong.push(error.message);
            Value::Null
        });
        let rows = rows(folder, &mut wrong);
        let mut found = Summary {
            folder: folder.to_path_buf(),
            rows,
            result: access::read(&folder.join(RESULT)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            how: How::Unknown,
            error: None,
            since: None,
            tags: tags(folder, &config),
            config,
            wrong: Vec::new(),
        };
        match status(folder) {
            Ok(Some((how, status))) => {
                (found.how, found.error, found.since) = (how, status.error, Some(status.since));
            }
            Ok(None) => found.how = found.of_older_version(),
            Err(error) => wrong.push(error.message),
        }
        if !wrong.is_empty() {
            found.how = How::Damaged;
        }
        Summary { wrong, ..found }
    }

    /// A folder without `status.json`.
    fn of_older_version(&self) -> How {
        match is_held(&self.folder) {
            Some(true) => How::Running,
            _ if self.epochs().is_some_and(|epochs| self.rows.len() >= epochs) => How::Finished,
            _ => How::Unknown,
        }
    }

    /// What its steps measured, a row each that was written, as many as have been written to their ends; none of a run that keeps no such rows.
    pub fn steps(&self) -> Vec<Record> {
        lines(&self.folder.join(STEPS), &mut Vec::new())
    }

    /// What its script or its user called it.
    pub fn name(&self) -> Option<&str> {
        self.config["run"]["name"].as_str()
    }

    /// How many epochs were asked for.
    pub fn epochs(&self) -> Option<usize> {
        self.config["training"]["epochs"].as_u64().map(|epochs| epochs as usize)
    }

    /// When it began, in UTC: of a folder of an older version, when its configuration was written.
    pub fn started(&self) -> Option<String> {
        let written = || {
            let found = access::metadata(&self.folder.join(CONFIG)).ok()??;
            super::clock::stamp_of(found.modified().ok()?.into_std())
        };
        self.config["started"].as_str().map(str::to_string).or_else(written)
    }

    /// What the test set says in the end, where a validation set has chosen the epoch.
    pub fn tested(&self) -> Option<&Record> {
        self.result.as_ref()?.get("test")?.as_object()
    }

    /// The column by which its epochs are compared: what its training monitors, else the first of the usual ones.
    pub fn monitored(&self) -> Option<&str> {
        let row = self.rows.last()?;
        let asked = self.config["training"]["monitor"].as_str().filter(|column| row.contains_key(*column));
        asked.or_else(|| usual(row))
    }

    /// The best of its rows by that column: the lowest for a loss, the highest for anything else, the first of equal ones.
    pub fn best(&self) -> Option<&Record> {
        let column = self.monitored()?;
        let sign = if column.contains("loss") { -1.0 } else { 1.0 };
        let numbers = self.rows.iter().filter_map(|row| Some((sign * row.get(column)?.as_f64()?, row)));
        numbers.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, row)| row)
    }
}

/// The column by which epochs are compared where nobody says another.
pub fn usual(row: &Record) -> Option<&'static str> {
    let usual = ["valid_loss", "test_acc", "test_loss", "train_loss"];
    usual.into_iter().find(|column| row.contains_key(*column))
}

/// The rows of a run, as many as have been written to their ends.
pub fn rows_of(folder: &Path) -> Vec<Record> {
    rows(folder, &mut Vec::new())
}

fn rows(folder: &Path, wrong: &mut Vec<String>) -> Vec<Record> {
    lines(&folder.join(METRICS), wrong)
}

fn lines(path: &Path, wrong: &mut Vec<String>) -> Vec<Record> {
    let text = match access::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            wrong.push(error.message);
            return Vec::new();
        }
    };
    let mut rows = Vec::new();
    // A last line without its end is being written, or was when its program was killed.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for (i, line) in whole.lines().enumerate() {
        match serde_json::from_str(line) {
            Ok(row) => rows.push(row),
            Err(e) => {
                wrong.push(format!("{}, line {}, is damaged: {e}", path.display(), i + 1));
                break;
            }
        }
    }
    rows
}

fn tags(folder: &Path, config: &Value) -> Vec<String> {
    let own =
        access::read(&folder.join(TAGS)).ok().and_then(|bytes| serde_json::from_slice::<Vec<String>>(&bytes).ok());
    let begun = || config["run"]["tags"].as_array().into_iter().flatten();
    own.unwrap_or_else(|| begun().filter_map(|tag| tag.as_str().map(str::to_string)).collect())
}

/// Puts these words to a run in place of those that it has.
///
/// # Errors
/// A folder that cannot be written.
pub fn write_tags(run: &Path, tags: &[String]) -> Result<()> {
    let text = serde_json::to_string(tags).map_err(|e| Error::data(format!("{TAGS}: {e}")))?;
    write_atomically(&run.join(TAGS), |file| writeln!(file, "{text}"))
}

/// How a run stands, with what its file says; none where it has no such file.
///
/// # Errors
/// A file that is damaged, or may not be read.
pub fn status(run: &Path) -> Result<Option<(How, Status)>> {
    let Some(said) = file(run)? else { return Ok(None) };
    let how = how(said.status);
    if said.process.is_none() || is_alive(run) {
        return Ok(Some((how, said)));
    }
    // It may have come to its end since the file was read.
    match file(run)? {
        Some(now) if now != said => Ok(Some((self::how(now.status), now))),
        _ => Ok(Some((How::Killed, said))),
    }
}

fn how(state: State) -> How {
    match state {
        State::Running => How::Running,
        State::Paused => How::Paused,
        State::Finished => How::Finished,
        State::Failed => How::Failed,
    }
}

fn file(run: &Path) -> Result<Option<Status>> {
    let path = run.join(STATUS);
    if access::metadata(&path)?.is_none() {
        return Ok(None);
    }
    let damaged = |e| Error::new(ErrorKind::Data, format!("{} is damaged: {e}", path.display()));
    serde_json::from_slice(&access::read(&path)?).map(Some).map_err(damaged)
}

/// Whether the process that has a run is there: it holds the lock; where the file system has none, it has given a sign of late.
fn is_alive(run: &Path) -> bool {
    const PATIENCE: u32 = 6;
    is_held(run).unwrap_or_else(|| heartbeat_of(run).is_some_and(|age| age < PATIENCE * heartbeat::EVERY))
}

/// Whether somebody holds the lock of a run; none where that cannot be told.
pub fn is_held(run: &Path) -> Option<bool> {
    let path = run.join(LOCK);
    if !access::metadata(&path).ok()?.is_some_and(|found| found.is_file()) {
        return Some(false);
    }
    match access::open(&path).ok()?.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// How long ago the process that has a run gave its last sign of life, by the clock of this machine.
pub fn heartbeat_of(run: &Path) -> Option<Duration> {
    let modified = access::metadata(&run.join(LOCK)).ok()??.modified().ok()?.into_std();
    // A sign from the future is that of another clock.
    Some(SystemTime::now().duration_since(modified).unwrap_or_default())
}
