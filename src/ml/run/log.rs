//! `metrics.jsonl`: a line an epoch, whole after a crash, and whole again after a full disk.

use super::names::METRICS;
use super::record::{Record, line};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use crate::output::complain;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Whether the file is not what it should be, after a write that failed.
    torn: bool,
    /// How many rows this program knows of in it.
    rows: usize,
    /// How many bytes it had after the last write.
    length: Option<u64>,
}

impl Log {
    /// That of the folder of a run.
    pub fn of(run: &Path) -> Self {
        let path = run.join(METRICS);
        Log { length: length(&path), path, torn: false, rows: 0 }
    }

    /// Makes the file where it is missing.
    pub fn begin(&mut self) -> Result<()> {
        append(&self.path, "")?;
        self.length = length(&self.path);
        Ok(())
    }

    /// Appends the last epoch of `history`. Where an earlier line could not be written, or somebody else has changed the file, it is
    /// made anew from all of it.
    pub fn append(&mut self, record: &Record, history: &[Record]) -> Result<()> {
        if self.torn || self.length != length(&self.path) {
            return self.rewind(history);
        }
        // A training that was put back writes its epochs once more.
        if self.rows >= history.len() && history.last() == Some(record) {
            return self.write(history, &[]);
        }
        let appended = append(&self.path, &line(record)?);
        self.torn = appended.is_err();
        self.length = length(&self.path);
        self.rows += 1;
        appended
    }

    /// Puts the file back to the epochs in `history`: a run goes on from a checkpoint, and its file may be behind it or
    /// before it. Lines that are there stay as they are; those that are no row of this history, or not in their place, are said.
    pub fn rewind(&mut self, history: &[Record]) -> Result<()> {
        let old = access::read_to_string(&self.path).unwrap_or_default();
        let read = |line: &str| serde_json::from_str::<Record>(line).ok();
        let rows: Vec<(&str, Record)> = old.lines().map_while(|line| Some((line, read(line)?))).collect();
        let kept = rows.iter().zip(history).take_while(|((_, row), record)| is_row(row, record)).count();
        if kept < rows.len().min(history.len()) {
            let (path, line) = (self.path.display(), kept + 1);
            complain(&format!(
                "{path}: line {line} is not this run's row of that place; the rows are written anew from what the run has"
            ));
        }
        let kept: Vec<&str> = rows[..kept].iter().map(|(line, _)| *line).collect();
        self.write(history, &kept)
    }

    /// Writes the whole file: the lines that are `kept`, then the rest of the history.
    fn write(&mut self, history: &[Record], kept: &[&str]) -> Result<()> {
        self.torn = true;
        write_atomically(&self.path, |file| {
            kept.iter().try_for_each(|line| writeln!(file, "{line}"))?;
            let written = |record: &Record| Ok(writeln!(file, "{}", serde_json::to_string(record)?)?);
            history[kept.len()..].iter().try_for_each(written).map_err(|e: std::io::Error| e)
        })?;
        (self.torn, self.rows, self.length) = (false, history.len(), length(&self.path));
        Ok(())
    }

    /// Makes the file whole, where it is not.
    pub fn complete(&mut self, history: &[Record]) -> Result<()> {
        if self.torn { self.rewind(history) } else { Ok(()) }
    }

    /// The file has vanished.
    pub fn lost(&mut self) {
        self.torn = true;
    }
}

/// Whether a line holds this row. Older versions left out what others write as null.
fn is_row(row: &Record, record: &Record) -> bool {
    let holds = |a: &Record, b: &Record| a.iter().all(|(name, value)| value.is_null() || b.get(name) == Some(value));
    holds(row, record) && holds(record, row)
}

/// How many bytes a file has, where it is there.
pub fn length(path: &Path) -> Option<u64> {
    access::metadata(path).ok().flatten().map(|found| found.len())
}

/// In one write: a run that is killed leaves whole lines.
pub fn append(path: &Path, text: &str) -> Result<()> {
    access::append(path)?.write_all(text.as_bytes()).map_err(|e| Error::file("write", path, e))
}
