//! `steps.jsonl`: a line every so many steps of a training. A training that is put back goes on behind the lines that it had written by then.

use super::log::{append, length};
use super::names::STEPS;
use super::writer::Run;
use crate::access;
use crate::error::Result;
use crate::ml::files::write_atomically;
use serde_json::Value;
use std::path::Path;

#[derive(Debug, Default)]
pub struct Steps {
    /// How many lines of the file are of this training's way.
    lines: usize,
    /// How many bytes it had after the last write; `None` where that is not known.
    length: Option<u64>,
    /// What could not be written yet.
    waiting: Vec<String>,
}

impl Steps {
    /// A training that has written so many lines, and has these still to write.
    pub fn put_back(&mut self, lines: usize, waiting: Vec<String>) {
        *self = Steps { lines, length: None, waiting };
    }

    pub fn lines(&self) -> usize {
        self.lines
    }

    pub fn waiting(&self) -> &[String] {
        &self.waiting
    }

    pub fn add(&mut self, line: String) {
        self.waiting.push(line);
    }

    fn write(&mut self, path: &Path) -> Result<()> {
        let there = length(path);
        if self.waiting.is_empty() && (self.length == there || there.is_none()) {
            return Ok(());
        }
        if self.length.is_some() && self.length == there {
            append(path, &self.waiting.concat())?;
        } else {
            // Begun anew, put back, or changed by somebody else.
            let old = access::read_to_string(path).unwrap_or_default();
            let is_whole = |line: &&str| serde_json::from_str::<Value>(line).is_ok();
            let kept: Vec<&str> = old.lines().take(self.lines).take_while(is_whole).collect();
            write_atomically(path, |file| {
                kept.iter().try_for_each(|line| writeln!(file, "{line}"))?;
                file.write_all(self.waiting.concat().as_bytes())
            })?;
            self.lines = kept.len();
        }
        self.lines += self.waiting.len();
        self.waiting.clear();
        self.length = length(path);
        Ok(())
    }
}

impl Run {
    /// Writes the lines of steps that wait for it, and takes away those of a way that was given up.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn write_steps(&self, steps: &mut Steps) -> Result<()> {
        self.write(STEPS, |folder| steps.write(&folder.path().join(STEPS)))
    }
}
