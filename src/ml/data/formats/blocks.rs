//! A table's bytes in blocks of whole rows, which all cores read.

use super::source::Source;
use crate::error::Result;
use crate::interrupt;
use crate::ml::data::table::{Collected, Part, at};
use rayon::prelude::*;
use std::path::Path;

/// So much is read at a time.
const BLOCK: usize = 8 << 20;
/// No row is longer: a quote that is never closed would make one of all that is behind it.
const LONGEST: usize = 64 << 20;
/// Of a block, so much is read by one thread at a time.
const PIECE: usize = 1 << 20;

/// Some whole rows.
pub(super) struct Piece<'b> {
    pub bytes: &'b [u8],
    /// Where they begin in the source.
    pub place: u64,
    /// In which line, from 1.
    pub line: u64,
}

/// How a format's rows are told from each other, and read.
pub(super) trait Rows: Sync {
    /// The places in `block`, which begins where a row does, behind rows that end there, about one in each `every` bytes; the last is the end of
    /// the last whole row. Where the block is the file's last one, its end is a row's end.
    ///
    /// # Errors
    /// Why a row has no end: where in the block, and what is wrong.
    fn ends(&self, block: &[u8], every: usize, is_last: bool) -> Result<Vec<usize>, (usize, String)>;

    fn read(&self, piece: &Piece) -> Part;

    /// What ends a line.
    fn line_end(&self) -> u8 {
        b'\n'
    }

    /// What is wrong with a row that is longer than any should be.
    fn too_long(&self) -> &'static str;
}

/// Adds all rows from `place` on, which is in line `line`.
///
/// # Errors
/// Those of the rows, of which the first in the file is told; a file that cannot be read; the user asked to stop.
pub(super) fn read(
    path: &Path,
    source: &Source,
    (mut place, mut line): (u64, u64),
    rows: &impl Rows,
    into: &mut Collected,
) -> Result<()> {
    let mut size = BLOCK;
    while place < source.len() {
        interrupt::check()?;
        let block = source.part(place, size)?;
        let is_last = place + block.len() as u64 >= source.len();
        let ends = match rows.ends(&block, PIECE, is_last) {
            Ok(ends) => ends,
            Err((wrong, why)) => return Err(at(path, line + lines(&block[..wrong], rows.line_end()), why)),
        };
        // A row may go on behind a block that is not the last.
        if ends.is_empty() {
            if size >= LONGEST {
                let (longest, why) = (LONGEST >> 20, rows.too_long());
                let message = format!("the row is longer than {longest} MB ({why})");
                return Err(at(path, line, message));
            }
            size *= 2;
            continue;
        }
        let starts = [0].into_iter().chain(ends.iter().copied());
        let slices: Vec<&[u8]> = starts.zip(&ends).map(|(from, to)| &block[from..*to]).collect();
        let counts: Vec<u64> = slices.par_iter().map(|slice| lines(slice, rows.line_end())).collect();
        let mut pieces = Vec::with_capacity(slices.len());
        for (bytes, count) in slices.into_iter().zip(counts) {
            pieces.push(Piece { bytes, place, line });
            place += bytes.len() as u64;
            line += count;
        }
        let parts: Vec<Part> = pieces.par_iter().map(|piece| rows.read(piece)).collect();
        parts.into_iter().try_for_each(|part| into.add_part(part))?;
        size = BLOCK;
    }
    Ok(())
}

/// How many lines end in it, each with `end`.
pub(super) fn lines(bytes: &[u8], end: u8) -> u64 {
    memchr::memchr_iter(end, bytes).count() as u64
}
