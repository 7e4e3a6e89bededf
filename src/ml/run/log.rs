//! `metrics.jsonl`: a line an epoch, whole after a crash, and whole again after a full disk.

use super::names::METRICS;
use super::record::{Record, line};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Whether the file is not what it should be, after a write that failed.
    torn: bool,
}

impl Log {
    /// That of the folder of a run.
    pub fn of(run: &Path) -> Self {
        Log { path: run.join(METRICS), torn: false }
    }

    /// Makes the file where it is missing.
    pub fn begin(&self) -> Result<()> {
        append(&self.path, "")
    }

    /// Appends the last epoch of `history`. Where an earlier line could not be written, the file is made anew from all of it.
    pub fn append(&mut self, record: &Record, history: &[Record]) -> Result<()> {
        if self.torn {
            return self.rewind(history);
        }
        let appended = append(&self.path, &line(record)?);
        self.torn = appended.is_err();
        appended
    }

    /// Puts the file back to the epochs in `history`: a run goes on from a checkpoint, and its file may be behind it or
    /// before it. Lines that are there stay as they are.
    pub fn rewind(&mut self, history: &[Record]) -> Result<()> {
        let old = access::read_to_string(&self.path).unwrap_or_default();
        let whole = |line: &str| serde_json::from_str::<Record>(line).is_ok();
        let kept: Vec<&str> = old.lines().take_while(|line| whole(line)).take(history.len()).collect();
        write_atomically(&self.path, |file| {
            kept.iter().try_for_each(|line| writeln!(file, "{line}"))?;
            let written = |record: &Record| Ok(writeln!(file, "{}", serde_json::to_string(record)?)?);
            history[kept.len()..].iter().try_for_each(written).map_err(|e: std::io::Error| e)
        })?;
        self.torn = false;
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

/// In one write: a run that is killed leaves whole lines.
pub fn append(path: &Path, text: &str) -> Result<()> {
    access::append(path)?.write_all(text.as_bytes()).map_err(|e| Error::file("write", path, e))
}
