//! Rows of word indices, filled up to one width.

use super::{Pad, Sequence};
use crate::error::Result;
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::Tensor;

/// Padded word indices.
#[derive(Debug)]
pub struct Words {
    /// `[batch, length]`, int64.
    pub ids: Tensor,
    /// `[batch]`, int64 on the CPU.
    pub lengths: Tensor,
    pub pad: Pad,
    /// The index that rows are filled up with.
    pub pad_id: i64,
    /// The length that all rows of the data set are cut to, and could be filled up to: at least this batch's.
    pub limit: i64,
    /// `[words, dimensions]`, shared by the whole data set: fixed vectors, where the data set has some.
    pub vectors: Option<Rc<Tensor>>,
}

impl Words {
    /// The indices as sequences, `[batch, length]`.
    ///
    /// # Errors
    /// Lengths that do not fit them.
    pub fn sequence(&self) -> Result<Sequence> {
        Sequence::padded(self.ids.shallow_clone(), &self.lengths, self.pad)
    }

    /// The rows of `table` (`[words, dimensions]`) for these words, `[batch, length, dimensions]`.
    ///
    /// # Errors
    /// A table that has no row for one of the words.
    pub fn embed(&self, table: &Tensor) -> Result<Sequence> {
        self.sequence()?.map(|ids| Tensor::f_embedding(table, ids, -1, false, false).during("embedding", &[table, ids]))
    }

    /// `length` of these rows, from `start` on; padded behind, they are as wide as the longest of them.
    pub(super) fn rows(&self, start: usize, length: usize) -> Result<Words> {
        let (ids, lengths) = (rows(&self.ids, start, length)?, rows(&self.lengths, start, length)?);
        let ids = match self.pad {
            Pad::Front => ids,
            Pad::Back => {
                let width = lengths.f_max().and_then(|n| n.f_int64_value(&[])).during("parts", &[&lengths])?;
                ids.f_narrow(1, 0, width).during("parts", &[&ids])?
            }
        };
        Ok(Words { ids, lengths, vectors: self.vectors.clone(), ..*self })
    }
}

/// `length` rows of a tensor, from `start` on.
pub(super) fn rows(t: &Tensor, start: usize, length: usize) -> Result<Tensor> {
    t.f_narrow(0, start as i64, length as i64).during("parts", &[t])
}
