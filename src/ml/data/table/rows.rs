//! A table that was read.

use crate::error::Error;
use crate::ml::data::WordList;
use crate::ml::data::stored::ByRow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A table's rows, in the order of the file.
#[derive(Debug)]
pub(in crate::ml::data) struct Table {
    pub path: PathBuf,
    pub rows: Columns,
    pub texts: Arc<dyn ByRow>,
    /// What the user should know of how it was read.
    pub notes: Vec<String>,
}

/// What is known of each row but for its text.
#[derive(Debug, Default)]
pub(in crate::ml::data) struct Columns {
    /// Where each begins, from 1; in a JSON array, which element it is.
    pub lines: Vec<u32>,
    /// The distinct labels, in the order in which they come first.
    pub names: WordList,
    /// Of each row the number of its label.
    pub labels: Vec<u32>,
    /// By which texts are known to be the same; 0 for one of white space alone.
    pub signs: Vec<u64>,
    /// Rows with characters that stand for bytes which were none in the file's encoding, and how many.
    pub replaced: Vec<(u32, u32)>,
    /// Rows whose text has delimiters and line breaks in one quoted field.
    pub spanning: Vec<u32>,
}

impl Columns {
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// # Errors
    /// More rows or lines than there are numbers for.
    pub(super) fn push(&mut self, line: u64, label: u32, sign: u64, replaced: u32) -> Result<(), &'static str> {
        let row = self.len() as u32;
        let line = u32::try_from(line).ok().filter(|_| row < u32::MAX);
        self.lines.push(line.ok_or("a table may have 4,294,967,295 lines, and this one has more")?);
        self.labels.push(label);
        self.signs.push(sign);
        if replaced > 0 {
            self.replaced.push((row, replaced));
        }
        Ok(())
    }

    /// The line of the first row with this label.
    pub fn first_line(&self, label: u32) -> u64 {
        let row = self.labels.iter().position(|other| *other == label);
        row.map_or(0, |row| self.lines[row].into())
    }
}

/// An error in a line of a file: `mine.csv:4: …`.
pub(in crate::ml::data) fn at(path: &Path, line: u64, why: impl std::fmt::Display) -> Error {
    Error::data(format!("{}:{line}: {why}", path.display()))
}

/// What a message shows of a text that may be long.
pub(in crate::ml::data) fn shortened(text: &str) -> String {
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
