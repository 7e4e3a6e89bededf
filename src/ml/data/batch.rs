//! One batch of a data set, as layers take it.

use crate::error::{Error, ErrorKind, Result, choose};
use crate::ml::models::{Sequence, Value};
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::Tensor;

/// Which side of a shorter sequence is filled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pad {
    /// In front, as the lab does.
    Front,
    Back,
}

const SIDES: [(&str, Pad); 2] = [("front", Pad::Front), ("back", Pad::Back)];

impl Pad {
    /// `"front"` → [`Pad::Front`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        choose(&SIDES, name, ErrorKind::Option, "side to pad")
    }

    pub fn name(self) -> &'static str {
        match self {
            Pad::Front => "front",
            Pad::Back => "back",
        }
    }
}

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

#[derive(Debug)]
pub enum Inputs {
    Words(Words),
    /// Rows of a tensor data set, `[batch, …]`.
    Tensor(Tensor),
}

#[derive(Debug)]
pub struct Batch {
    pub inputs: Inputs,
    /// `[batch]` int64 classes, or `[batch, …]` float targets.
    pub labels: Tensor,
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
        let cut = |t: &Tensor| t.f_narrow(0, start as i64, length as i64).during("parts", &[t]);
        let inputs = match &self.inputs {
            Inputs::Tensor(t) => Inputs::Tensor(cut(t)?),
            Inputs::Words(w) => {
                let (ids, lengths) = (cut(&w.ids)?, cut(&w.lengths)?);
                let ids = match w.pad {
                    Pad::Front => ids,
                    // To the longest of these rows.
                    Pad::Back => {
                        let width = lengths.f_max().and_then(|n| n.f_int64_value(&[])).during("parts", &[&lengths])?;
                        ids.f_narrow(1, 0, width).during("parts", &[&ids])?
                    }
                };
                Inputs::Words(Words { ids, lengths, vectors: w.vectors.clone(), ..*w })
            }
        };
        Ok(Batch { inputs, labels: cut(&self.labels)?, rows: self.rows[start..start + length].to_vec() })
    }

    /// What a layer other than `embedding` computes on: the words' vectors, or the tensor itself.
    ///
    /// # Errors
    /// Words without vectors.
    pub fn value(&self) -> Result<Value> {
        match &self.inputs {
            Inputs::Tensor(t) => Ok(t.shallow_clone().into()),
            Inputs::Words(w) => match &w.vectors {
                Some(vectors) => Ok(w.embed(vectors)?.into()),
                None => Err(Error::value(
                    "this data set holds word indices without vectors: begin the network with embedding(…), \
                     or give the data set vectors",
                )),
            },
        }
    }
}

impl Words {
    /// The rows of `table` (`[words, dimensions]`) for these words, `[batch, length, dimensions]`.
    pub fn embed(&self, table: &Tensor) -> Result<Sequence> {
        let x = Tensor::f_embedding(table, &self.ids, -1, false, false).during("embedding", &[table, &self.ids])?;
        Ok(Sequence { x, lengths: self.lengths.shallow_clone(), pad: self.pad })
    }
}
