//! Texts of a table that are kept in memory.

use crate::error::Result;
use crate::ml::data::stored::{ByRow, Each};
use std::borrow::Cow;

/// The texts one behind the other, and where each ends.
#[derive(Debug, Default)]
pub(in crate::ml::data) struct Kept {
    text: String,
    ends: Vec<usize>,
}

impl Kept {
    pub fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a row that there is.
    pub fn text(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }
}

impl ByRow for Kept {
    fn read(&self, rows: &[u32], each: &mut Each) -> Result<()> {
        rows.iter().try_for_each(|row| each(Cow::Borrowed(self.text(*row as usize))))
    }

    fn bytes(&self) -> usize {
        self.text.len() + size_of_val(self.ends.as_slice())
    }

    fn unheld(&self, _: usize) -> u64 {
        0
    }
}
