//! A table that was read.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// A table's rows, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ml::data) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
    /// What the user should know of how it was read.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ml::data) struct Row {
    /// Where the row begins, from 1; in a JSON array, which element it is.
    pub line: u64,
    pub text: String,
    pub label: String,
    /// Characters of the text that stand for bytes which were none in the file's encoding.
    pub replaced: usize,
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
