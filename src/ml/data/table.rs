//! One's own data: a table with a text and a label in each row. [`super::formats`] reads its file.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// How a table is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// The name of the column that holds the texts.
    pub text: String,
    /// The name of the column that holds the labels.
    pub label: String,
    /// Whether `"` encloses fields of CSV and TSV (doubled inside); otherwise it is a character like any other.
    pub quotes: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions { text: "text".into(), label: "label".into(), quotes: true }
    }
}

/// A table's rows, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where the row begins, from 1.
    pub line: u64,
    pub text: String,
    pub label: String,
    /// Characters of the text that stand for bytes which were not UTF-8.
    pub replaced: usize,
}

/// An error in a line of a file: `mine.csv:4: …`.
pub(super) fn at(path: &Path, line: u64, why: impl std::fmt::Display) -> Error {
    Error::data(format!("{}:{line}: {why}", path.display()))
}

/// What a message shows of a text that may be long.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
