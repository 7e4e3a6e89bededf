//! One batch of a data set, as layers take it.

use super::asked::Asked;
use super::words::{self, Words};
use crate::error::{Error, Result};
use tch::Tensor;

#[derive(Debug)]
pub enum Inputs {
    Words(Words),
    /// Rows of a tensor data set, `[batch, …]`.
    Tensor(Tensor),
}

#[derive(Debug)]
pub struct Batch {
    pub inputs: Inputs,
    /// `[batch]` int64 classes, or `[batch, …]` float targets; where words are asked for, `[asked]` int64, what each of them is.
    pub labels: Tensor,
    /// Where the data set asks for words of its own: which positions.
    pub asked: Option<Asked>,
    /// Which rows of the data set these are.
    pub rows: Vec<i64>,
}

impl Batch {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many labels it has: one for each row, or for each position that is asked.
    pub fn targets(&self) -> i64 {
        self.labels.size().first().copied().unwrap_or(0)
    }

    /// `[batch, length]` for words, the tensor's own shape otherwise.
    pub fn shape(&self) -> Vec<i64> {
        match &self.inputs {
            Inputs::Words(w) => w.ids.size(),
            Inputs::Tensor(t) => t.size(),
        }
    }

    /// The batch in `count` parts of as many rows, or one more; in fewer where there are fewer rows. Gradients of parts, added
    /// up, are those of the batch, and take less memory.
    ///
    /// # Errors
    /// A count of 0.
    pub fn parts(&self, count: usize) -> Result<Vec<Batch>> {
        if count == 0 {
            return Err(Error::value("parts: the number of parts must be at least 1"));
        }
        let (rows, count) = (self.len(), count.min(self.len()));
        let mut start = 0;
        let part = |k: usize| {
            let length = rows / count + usize::from(k < rows % count);
            start += length;
            self.rows(start - length, length)
        };
        (0..count).map(part).collect()
    }

    fn rows(&self, start: usize, length: usize) -> Result<Batch> {
        let inputs = match &self.inputs {
            Inputs::Tensor(t) => Inputs::Tensor(words::rows(t, start, length)?),
            Inputs::Words(w) => Inputs::Words(w.rows(start, length)?),
        };
        let (asked, labels) = match &self.asked {
            None => (None, words::rows(&self.labels, start, length)?),
            Some(asked) => {
                let (asked, labels) = asked.rows(&self.labels, start, length)?;
                (Some(asked), labels)
            }
        };
        Ok(Batch { inputs, labels, asked, rows: self.rows[start..start + length].to_vec() })
    }
}
