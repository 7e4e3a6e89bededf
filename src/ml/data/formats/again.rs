//! A table's texts, read from its file whenever they are asked for.

use super::source::Source;
use crate::error::Result;
use crate::interrupt;
use crate::ml::data::stored::{ByRow, Each};
use std::fmt::Debug;

/// Reads the text of a row once more; what it needs of memory serves several.
pub(super) type Reader<'r> = Box<dyn FnMut(&[u8], &mut Each) -> Result<()> + 'r>;

/// How a format reads a row whose text was in order when it was read first.
pub(super) trait Again: Debug + Send + Sync {
    fn reader(&self) -> Reader<'_>;
}

#[derive(Debug)]
pub(super) struct TextsAgain {
    pub source: Source,
    /// Where each row begins, in their order.
    pub places: Vec<u64>,
    pub format: Box<dyn Again>,
}

/// Rows that lie near each other are read at one stroke, of at most so many bytes.
const STROKE: u64 = 1 << 20;
/// Between two of them there may be so many that are not wanted.
const GAP: u64 = 1 << 14;

impl TextsAgain {
    fn end(&self, row: u32) -> u64 {
        self.places.get(row as usize + 1).copied().unwrap_or(self.source.len())
    }

    /// How many of `rows` are read at one stroke with the first of them, and where these end.
    fn stroke(&self, rows: &[u32]) -> (usize, u64) {
        let start = self.places[rows[0] as usize];
        let mut end = self.end(rows[0]);
        for (count, row) in rows.iter().enumerate().skip(1) {
            let (next, its_end) = (self.places[*row as usize], self.end(*row));
            if next < end || next - end > GAP || its_end - start > STROKE {
                return (count, end);
            }
            end = its_end;
        }
        (rows.len(), end)
    }
}

impl ByRow for TextsAgain {
    fn read(&self, mut rows: &[u32], each: &mut Each) -> Result<()> {
        let mut reader = self.format.reader();
        while !rows.is_empty() {
            interrupt::check()?;
            let (count, end) = self.stroke(rows);
            let start = self.places[rows[0] as usize];
            let bytes = self.source.part(start, (end - start) as usize)?;
            for row in &rows[..count] {
                let (from, to) = (self.places[*row as usize] - start, self.end(*row) - start);
                reader(bytes.get(from as usize..to as usize).unwrap_or_default(), each)?;
            }
            rows = &rows[count..];
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.source.held() + size_of_val(self.places.as_slice())
    }

    fn unheld(&self, rows: usize) -> u64 {
        let all = self.source.len() - self.source.held() as u64;
        (u128::from(all) * rows as u128 / self.places.len().max(1) as u128) as u64
    }
}
