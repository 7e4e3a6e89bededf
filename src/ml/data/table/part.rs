//! Some of a table's rows, as one thread has read them.

use super::kept::Kept;
use super::{Encoding, TableOptions};
use crate::error::Error;
use crate::ml::data::WordList;
use crate::ml::data::sign::sign;
use std::borrow::Cow;

/// What a row of a file holds.
pub(in crate::ml::data) struct Cells<'c> {
    pub line: u64,
    /// `None` where the file has none, or null.
    pub text: Option<Cow<'c, str>>,
    pub label: Option<Cow<'c, str>>,
    /// How many of the text's characters stand for bytes that were none.
    pub replaced: usize,
}

/// What is known of a row but its text.
pub(super) struct Seen {
    pub place: u64,
    pub line: u64,
    /// Its number in the part's labels; none where the row has no label.
    pub label: Option<u32>,
    /// `None`: it has none; 0: nothing but white space.
    pub sign: Option<u64>,
    pub replaced: u32,
    /// Its fields are the names of the columns.
    pub is_header: bool,
    /// Its text has delimiters and line breaks in one quoted field.
    pub spans: bool,
}

impl Seen {
    pub fn new(place: u64, cells: &Cells, label: Option<u32>, options: &TableOptions) -> Seen {
        // What a decoder has put there for bytes that are none of its encoding.
        let lost = || cells.text.as_deref().map_or(0, |text| text.matches('\u{fffd}').count());
        let replaced = if options.encoding == Encoding::Utf8 { cells.replaced } else { lost() };
        Seen {
            place,
            line: cells.line,
            label,
            sign: cells.text.as_deref().map(sign),
            replaced: u32::try_from(replaced).unwrap_or(u32::MAX),
            is_header: false,
            spans: false,
        }
    }
}

/// Rows that follow each other in a file.
#[derive(Default)]
pub(in crate::ml::data) struct Part {
    pub(super) rows: Vec<Seen>,
    /// Their texts; none of rows whose texts stay where they are.
    pub(super) texts: Kept,
    pub(super) labels: WordList,
    /// Lines that are comments: how many, and the first.
    pub(super) comments: (usize, u64),
    /// Why the row behind the last one cannot be read.
    pub(super) error: Option<Error>,
}

impl Part {
    /// Adds the row that begins at `place` of the file.
    pub fn add(&mut self, place: u64, cells: &Cells, options: &TableOptions) {
        let label = cells.label.as_deref().map(|label| self.labels.add(label.trim()));
        self.rows.push(Seen::new(place, cells, label, options));
    }

    /// Adds a row together with its text.
    pub fn keep(&mut self, cells: &Cells, options: &TableOptions) {
        self.add(0, cells, options);
        self.texts.add(cells.text.as_deref().unwrap_or_default());
    }

    /// Says of the row that was added last that its text has delimiters and line breaks in one quoted field: where a quote is missing, rows
    /// become one.
    pub fn last_spans(&mut self) {
        if let Some(last) = self.rows.last_mut() {
            last.spans = true;
        }
    }

    /// Adds a line that says the names of the columns once more.
    pub fn add_header(&mut self, line: u64) {
        self.rows.push(Seen { place: 0, line, label: None, sign: None, replaced: 0, is_header: true, spans: false });
    }

    pub fn add_comments(&mut self, count: usize, first: u64) {
        if self.comments.0 == 0 {
            self.comments.1 = first;
        }
        self.comments.0 += count;
    }

    /// Ends with what is wrong with a row; those before it stay.
    pub fn end(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}
