//! Texts as word indices, without padding: memory is what the words take.

use super::special::{PAD, UNK};
use super::unread::Unread;
use super::word_numbers::WordNumbers;
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows of word indices. Copies and subsets share the indices.
#[derive(Debug, Clone)]
pub struct Encoded {
    source: Source,
    /// Rows of the source; all of them without it.
    rows: Option<Arc<[u32]>>,
    max_len: usize,
    vocabulary: usize,
    pad: i32,
}

#[derive(Debug, Clone)]
enum Source {
    /// Rows one behind the other, where each ends, and what its text has besides.
    Ids(Arc<Vec<i32>>, Arc<[usize]>, Arc<[Unread]>),
    /// Words, which the texts and all that is encoded of them share, and the index of each distinct one.
    Words(WordNumbers, Arc<[i32]>),
}

impl Encoded {
    /// Rows of token ids that are cut already, each of at least one, and what their texts have besides, as many; `pad` is the id that fills
    /// rows up.
    ///
    /// # Errors
    /// A row without ids, or of more than `max_len`; an id that is not below `vocabulary`.
    pub(super) fn of_rows(
        rows: &[Vec<i32>],
        unread: Vec<Unread>,
        max_len: usize,
        vocabulary: usize,
        pad: i32,
    ) -> Result<Encoded> {
        if let Some((row, ids)) = rows.iter().enumerate().find(|(_, ids)| ids.is_empty() || ids.len() > max_len) {
            return Err(Error::value(format!("encode: row {row} has {} ids, expected 1 to {max_len}", ids.len())));
        }
        let outside = |id: &i32| usize::try_from(*id).map_or(true, |id| id >= vocabulary);
        if let Some(id) = rows.iter().flatten().chain([&pad]).find(|id| outside(id)) {
            return Err(Error::value(format!("encode: an id is {id}, expected 0 to {}", vocabulary.saturating_sub(1))));
        }
        let mut end = 0;
        let ends = rows.iter().map(|ids| {
            end += ids.len();
            end
        });
        let ends = ends.collect();
        let source = Source::Ids(Arc::new(rows.concat()), ends, unread.into());
        Ok(Encoded { source, rows: None, max_len, vocabulary, pad })
    }

    /// Words, each of which has its index of the vocabulary in `indices`.
    pub(super) fn of_words(
        words: &WordNumbers,
        indices: Vec<i32>,
        max_len: usize,
        vocabulary: usize,
    ) -> Result<Encoded> {
        if max_len == 0 {
            return Err(Error::value("encode: max_len must be at least 1"));
        }
        let source = Source::Words(words.clone(), indices.into());
        Ok(Encoded { source, rows: None, max_len, vocabulary, pad: PAD as i32 })
    }

    /// The memory of the indices in bytes; subsets share it.
    pub fn bytes(&self) -> usize {
        match &self.source {
            Source::Ids(ids, ends, unread) => {
                size_of_val(ids.as_slice()) + size_of_val(&**ends) + size_of_val(&**unread)
            }
            Source::Words(words, indices) => words.bytes() + size_of_val(&**indices),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match (&self.rows, &self.source) {
            (Some(rows), _) => rows.len(),
            (None, Source::Ids(_, ends, _)) => ends.len(),
            (None, Source::Words(words, _)) => words.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The indices of one row, at least one; none where `row` is beyond the end. A long text is cut at its end, and one without words is
    /// one unknown word.
    ///
    /// # Errors
    /// Texts that are read from a file, which can no longer be read.
    pub fn row(&self, row: usize) -> Result<Cow<'_, [i32]>> {
        let Some(row) = self.row_of_source(row) else { return Ok(Cow::Borrowed(&[])) };
        match &self.source {
            Source::Ids(ids, ends, _) => {
                let start = if row == 0 { 0 } else { ends[row - 1] };
                Ok(Cow::Borrowed(&ids[start..ends[row]]))
            }
            Source::Words(words, indices) => {
                let words = words.row(row)?;
                let cut = &words[..words.len().min(self.max_len)];
                let mut row: Vec<i32> = cut.iter().map(|word| indices[*word as usize]).collect();
                if row.is_empty() {
                    row.push(UNK as i32);
                }
                Ok(Cow::Owned(row))
            }
        }
    }

    /// Each row's number of indices, 1 to [`Self::max_len`].
    pub fn lengths(&self) -> Vec<i64> {
        (0..self.len()).filter_map(|row| self.row_of_source(row)).map(|row| self.length(row) as i64).collect()
    }

    fn length(&self, row: usize) -> usize {
        match &self.source {
            Source::Ids(_, ends, _) => ends[row] - if row == 0 { 0 } else { ends[row - 1] },
            Source::Words(words, _) => words.length(row).clamp(1, self.max_len),
        }
    }

    /// What of each row's text is not among its indices; `without` are indices that say nothing, beside the unknown word's.
    ///
    /// # Errors
    /// Texts that are read from a file, which can no longer be read.
    pub fn unread(&self, without: impl Fn(i32) -> bool) -> Result<Vec<Unread>> {
        let one = |row: usize| match (&self.source, self.row_of_source(row)) {
            (Source::Ids(_, _, unread), at) => Ok(at.and_then(|at| unread.get(at)).copied().unwrap_or_default()),
            (Source::Words(words, _), at) => {
                let cut = at.map_or(0, |at| words.length(at).saturating_sub(self.max_len)) as u32;
                let unknown = self.row(row)?.iter().all(|id| *id == UNK as i32 || without(*id));
                Ok(Unread { cut, unknown })
            }
        };
        (0..self.len()).map(one).collect()
    }

    /// The limit that rows were cut to.
    pub fn max_len(&self) -> usize {
        self.max_len
    }

    /// Number of indices of the vocabulary: every index is below.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The index that fills rows up.
    pub fn pad(&self) -> i32 {
        self.pad
    }

    /// These rows only. `rows` must lie within.
    pub(super) fn subset(&self, rows: &[usize]) -> Encoded {
        let rows = rows.iter().filter_map(|row| Some(self.row_of_source(*row)? as u32)).collect();
        Encoded { rows: Some(rows), ..self.clone() }
    }

    fn row_of_source(&self, row: usize) -> Option<usize> {
        match &self.rows {
            Some(rows) => rows.get(row).map(|row| *row as usize),
            None => (row < self.len()).then_some(row),
        }
    }
}
