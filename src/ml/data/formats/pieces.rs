//! Rows whose columns lie apart, as they come out of a file: a piece at a time, of which all cores make a table's rows.

use super::blob::Blob;
use super::cell::{Cell, row};
use super::class_label::ClassLabel;
use crate::error::Result;
use crate::memory;
use crate::ml::data::table::{Collected, Part, TableOptions};
use rayon::prelude::*;

/// Rows of a piece, at most.
pub(super) const PIECE: usize = 1024;
/// Pieces that are read before they become rows.
pub(super) const AT_ONCE: usize = 16;

/// Some rows that follow each other.
pub(super) trait Piece: Sync {
    fn len(&self) -> usize;

    /// The cells of the columns of texts, in their order, and behind them those of the labels, if they are read.
    ///
    /// # Errors
    /// Bytes that the encoding cannot read, or that are not what the file says they are.
    fn columns(&self) -> Result<Vec<Vec<Cell<'_>>>>;
}

/// Where a file's rows go, which are counted from 1.
pub(super) struct Taker<'t, 'c> {
    pub blob: &'t Blob,
    pub options: &'t TableOptions,
    pub class_label: Option<&'t ClassLabel>,
    pub into: &'t mut Collected<'c>,
    /// How many there were.
    pub rows: u64,
}

impl Taker<'_, '_> {
    /// Adds the rows of pieces that follow each other.
    ///
    /// # Errors
    /// Those of the pieces and of their rows, of which the first in the file is told; texts that memory has no room for.
    pub fn take(&mut self, pieces: &[impl Piece]) -> Result<()> {
        let mut lines = Vec::with_capacity(pieces.len());
        for piece in pieces {
            lines.push(self.rows + 1);
            self.rows += piece.len() as u64;
        }
        let reads = Reads { blob: self.blob, options: self.options, class_label: self.class_label };
        let parts: Vec<Result<Part>> =
            pieces.par_iter().zip(lines).map(|(piece, line)| reads.part(piece, line)).collect();
        parts.into_iter().try_for_each(|part| self.into.add_part(part?))
    }
}

/// What is known of all pieces.
struct Reads<'r> {
    blob: &'r Blob,
    options: &'r TableOptions,
    class_label: Option<&'r ClassLabel>,
}

impl Reads<'_> {
    fn part(&self, piece: &impl Piece, first: u64) -> Result<Part> {
        let mut columns = piece.columns()?;
        // A few bytes may stand for many rows.
        let bytes: usize = columns.iter().flatten().flatten().map(|(text, _)| text.len()).sum();
        memory::room(|| format!("reading {}", self.blob.path.display()), bytes as u64)?;
        let mut labels = self.options.label.as_ref().and_then(|_| columns.pop()).map(Vec::into_iter);
        let mut texts: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let mut part = Part::default();
        for line in (first..).take(piece.len()) {
            let label = labels.as_mut().and_then(Iterator::next).flatten();
            let texts = texts.iter_mut().filter_map(Iterator::next);
            part.keep(&row(line, texts, label, self.class_label, self.options), self.options);
        }
        Ok(part)
    }
}
