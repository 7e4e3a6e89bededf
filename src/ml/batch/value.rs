//! What layers take and give: a tensor, a batch of sequences, or a batch of a data set.

use super::{Batch, Inputs, Layout, Sequence};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::describe;
use std::rc::Rc;
use tch::Tensor;

#[derive(Debug, Clone)]
pub enum Value {
    Tensor(Rc<Tensor>),
    Sequence(Rc<Sequence>),
    Batch(Rc<Batch>),
}

impl From<Tensor> for Value {
    fn from(t: Tensor) -> Self {
        Value::Tensor(Rc::new(t))
    }
}

impl From<Sequence> for Value {
    fn from(s: Sequence) -> Self {
        Value::Sequence(Rc::new(s))
    }
}

impl Value {
    /// The sizes of the tensor inside.
    pub fn shape(&self) -> Vec<i64> {
        match self {
            Value::Tensor(t) => t.size(),
            Value::Sequence(s) => s.shape(),
            Value::Batch(b) => b.shape(),
        }
    }

    /// The tensor inside: of a sequence its padded values, of a batch its inputs (word vectors where it has them).
    ///
    /// # Errors
    /// A batch of words without vectors, which only an `embedding` can take.
    pub fn tensor(&self) -> Result<Rc<Tensor>> {
        match self {
            Value::Tensor(t) => Ok(t.clone()),
            Value::Sequence(s) => Ok(Rc::new(s.to_padded()?)),
            Value::Batch(b) => b.value()?.tensor(),
        }
    }

    /// Applies a function of each position's features; lengths stay. See [`Sequence::map`].
    ///
    /// # Errors
    /// Those of `f`; a batch that cannot be put together.
    pub fn map(&self, f: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Value> {
        match self {
            Value::Tensor(t) => Ok(f(t)?.into()),
            Value::Sequence(s) => Ok(s.map(f)?.into()),
            Value::Batch(b) => b.value()?.map(f),
        }
    }

    /// The value as sequences: a plain `[batch, length, features]` tensor is full to its end.
    ///
    /// # Errors
    /// A tensor of other than three dimensions; `layer` is named.
    pub fn sequence(&self, layer: &str) -> Result<Rc<Sequence>> {
        match self {
            Value::Sequence(s) => Ok(s.clone()),
            Value::Batch(b) => b.value()?.sequence(layer),
            Value::Tensor(t) if t.dim() == 3 && t.size()[0] == 0 => {
                Err(Error::shape(format!("{layer} takes a batch of at least one row, got {}", describe(t))))
            }
            Value::Tensor(t) if t.dim() == 3 => {
                let layout = Layout::full(t.size()[0], t.size()[1]).map_err(|e| e.within(layer))?;
                Ok(Rc::new(Sequence::padded_as(t.shallow_clone(), Rc::new(layout))))
            }
            Value::Tensor(t) => Err(Error::new(
                ErrorKind::Shape,
                format!("{layer} takes [batch, length, features], got {}", describe(t)),
            )),
        }
    }
}

impl Batch {
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
