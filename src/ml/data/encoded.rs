//! Texts as word indices, without padding: memory is what the words take.

use super::Tokens;
use super::special::{PAD, UNK};
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::ops::Range;
use std::rc::Rc;

/// Rows of word indices. Copies and subsets share the indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    ids: Rc<Vec<i32>>,
    rows: Vec<Range<usize>>,
    max_len: usize,
    vocabulary: usize,
    pad: i32,
}

impl Encoded {
    /// Rows of token ids that are cut already, each of at least one; `pad` is the id that fills rows up.
    ///
    /// # Errors
    /// A row without ids, or of more than `max_len`; an id that is not below `vocabulary`.
    pub fn of_rows(rows: &[Vec<i32>], max_len: usize, vocabulary: usize, pad: i32) -> Result<Encoded> {
        if let Some((row, ids)) = rows.iter().enumerate().find(|(_, ids)| ids.is_empty() || ids.len() > max_len) {
            return Err(Error::value(format!("encode: row {row} has {} ids, expected 1 to {max_len}", ids.len())));
        }
        let outside = |id: &i32| usize::try_from(*id).map_or(true, |id| id >= vocabulary);
        if let Some(id) = rows.iter().flatten().chain([&pad]).find(|id| outside(id)) {
            return Err(Error::value(format!("encode: an id is {id}, expected 0 to {}", vocabulary.saturating_sub(1))));
        }
        let mut next = 0;
        let ranges = rows.iter().map(|ids| {
            next += ids.len();
            next - ids.len()..next
        });
        let ranges = ranges.collect();
        Ok(Encoded { ids: Rc::new(rows.concat()), rows: ranges, max_len, vocabulary, pad })
    }

    /// The memory of the indices in bytes; subsets share it.
    pub fn bytes(&self) -> usize {
        self.ids.len() * size_of::<i32>()
    }

    /// `tokens` with each of their distinct words by its index of `vocabulary`.
    pub(super) fn new(tokens: &Tokens, indices: &[i32], max_len: usize, vocabulary: usize) -> Result<Encoded> {
        if max_len == 0 {
            return Err(Error::value("encode: max_len must be at least 1"));
        }
        let mut rows = Vec::with_capacity(tokens.len());
        let mut end = 0;
        for row in 0..tokens.len() {
            let start = end;
            end += tokens.ids(row).len().clamp(1, max_len);
            rows.push(start..end);
        }
        let mut ids = vec![UNK as i32; end];
        let mut places = Vec::with_capacity(rows.len());
        let mut rest = ids.as_mut_slice();
        for row in &rows {
            let (place, behind) = rest.split_at_mut(row.len());
            places.push(place);
            rest = behind;
        }
        places.into_par_iter().enumerate().for_each(|(row, place)| {
            place.iter_mut().zip(tokens.ids(row)).for_each(|(index, id)| *index = indices[*id as usize]);
        });
        Ok(Encoded { ids: Rc::new(ids), rows, max_len, vocabulary, pad: PAD as i32 })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The indices of one row, at least one; none where `row` is beyond the end.
    pub fn row(&self, row: usize) -> &[i32] {
        self.rows.get(row).map_or(&[], |range| &self.ids[range.clone()])
    }

    /// Each row's number of words, 1 to [`Self::max_len`].
    pub fn lengths(&self) -> Vec<i64> {
        self.rows.iter().map(|range| range.len() as i64).collect()
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
        Encoded { rows: rows.iter().filter_map(|r| self.rows.get(*r).cloned()).collect(), ..self.clone() }
    }
}
