//! How a table is to be read.

use super::{Column, Encoding};
use crate::error::{Error, ErrorKind, Result, choose};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// The columns that hold the texts; those of a row are joined.
    pub text: Vec<Column>,
    /// What stands between the texts of several columns.
    pub join: String,
    /// The column that holds the labels; `None`: texts without labels, of which none is missing.
    pub label: Option<Column>,
    /// What labels are called as classes, by the label; `None` leaves its rows out. A label that is not here is a class of its own name.
    pub label_map: BTreeMap<String, Option<String>>,
    /// Whether the first line of CSV and TSV names the columns; otherwise it is a row, and columns are told by their places.
    pub header: bool,
    /// What stands between the fields of CSV and TSV; `None`: it is found.
    pub delimiter: Option<u8>,
    /// Whether `"` encloses fields of CSV and TSV (doubled inside); otherwise it is a character like any other.
    pub quotes: bool,
    /// What a line of CSV and TSV begins with that is no row.
    pub comment: Option<u8>,
    pub encoding: Encoding,
    pub missing: Missing,
    /// Keeps the texts of a large table in memory, which else are read of its file whenever they are asked for.
    pub keep_texts: bool,
}

/// What becomes of a row without a label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    #[default]
    Error,
    /// It is left out, as one without a text is.
    Skip,
}

impl Missing {
    /// # Errors
    /// Another word than `"error"` or `"skip"`.
    pub fn parse(word: &str) -> Result<Missing> {
        choose(&[("error", Missing::Error), ("skip", Missing::Skip)], word, ErrorKind::Option, "value of missing")
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions {
            text: vec!["text".into()],
            join: " ".into(),
            label: Some("label".into()),
            label_map: BTreeMap::new(),
            header: true,
            delimiter: None,
            quotes: true,
            comment: None,
            encoding: Encoding::default(),
            missing: Missing::default(),
            keep_texts: false,
        }
    }
}

impl TableOptions {
    /// The character of an option that takes one: `";"`, `"tab"`; none of an empty text.
    ///
    /// # Errors
    /// Several characters, or one that is no ASCII; a quote or the end of a line.
    pub fn character(option: &str, text: &str) -> Result<Option<u8>> {
        match text.as_bytes() {
            [] => Ok(None),
            b"tab" | b"\\t" => Ok(Some(b'\t')),
            [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(Some(*byte)),
            [first, ..] => {
                let example = match option {
                    "comment" => format!("{:?}, with which all lines of comments then begin", char::from(*first)),
                    _ => "\";\" or \"|\", or \"tab\"".to_string(),
                };
                let message = format!("{option} is {text:?}, expected one character, such as {example}");
                Err(Error::new(ErrorKind::Option, message))
            }
        }
    }

    /// The names of the columns, for messages: `text`, or `title` and `body`.
    pub(in crate::ml::data) fn texts(&self) -> String {
        self.text.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(" and ")
    }
}
