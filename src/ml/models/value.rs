//! What layers take and give: a tensor, a padded sequence with its lengths, or a batch of a data set.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::data::{Batch, Pad};
use crate::ml::tensor::{During, describe};
use std::rc::Rc;
use tch::{Kind, Tensor};

/// A padded batch of sequences. What stands at padding positions is arbitrary (a layer of a bias makes it non-zero):
/// who looks across positions ignores it, or takes it for zero, as recurrent layers do.
#[derive(Debug)]
pub struct Sequence {
    /// `[batch, length, features]`.
    pub x: Tensor,
    /// `[batch]`, int64: the number of real positions in each row.
    pub lengths: Tensor,
    /// Which side the padding is on.
    pub pad: Pad,
}

impl Sequence {
    /// # Errors
    /// `x` of fewer than two dimensions; lengths that do not fit it (see [`Sequence::checked_lengths`]).
    pub fn new(x: Tensor, lengths: Tensor, pad: Pad) -> Result<Self> {
        let sequence = Sequence { x, lengths, pad };
        sequence.checked_lengths()?;
        Ok(sequence)
    }

    /// The number of real positions in each row.
    ///
    /// # Errors
    /// Lengths that are not int64, not one for each row, below 1 or beyond the width: names the first such row.
    pub fn checked_lengths(&self) -> Result<Vec<i64>> {
        let (batch, width) = match self.x.size().as_slice() {
            [batch, width, ..] => (*batch, *width),
            _ => {
                let message = format!("a sequence is [batch, length, features], got {}", describe(&self.x));
                return Err(Error::shape(message));
            }
        };
        if self.lengths.kind() != Kind::Int64 {
            let message = format!("lengths must be int64, got {}", describe(&self.lengths));
            return Err(Error::new(ErrorKind::Kind, message));
        }
        if self.lengths.size() != [batch] {
            return Err(Error::shape(format!(
                "lengths must be [{batch}], one for each row of {}, got {}",
                describe(&self.x),
                describe(&self.lengths)
            )));
        }
        let lengths = Vec::<i64>::try_from(&self.lengths)?;
        match lengths.iter().enumerate().find(|(_, n)| !(1..=width).contains(*n)) {
            None => Ok(lengths),
            Some((row, n)) if *n < 1 => {
                Err(Error::value(format!("row {row} has length {n}: a sequence has at least one position")))
            }
            Some((row, n)) => Err(Error::value(format!(
                "row {row} has length {n}, beyond the {width} positions of {}",
                describe(&self.x)
            ))),
        }
    }
}

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
            Value::Sequence(s) => s.x.size(),
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
            Value::Sequence(s) => Ok(Rc::new(s.x.shallow_clone())),
            Value::Batch(b) => b.value()?.tensor(),
        }
    }

    /// Applies a function of each position's features, keeping lengths and padding.
    pub fn map(&self, f: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Value> {
        match self {
            Value::Tensor(t) => Ok(f(t)?.into()),
            Value::Sequence(s) => {
                let (lengths, pad) = (s.lengths.shallow_clone(), s.pad);
                Ok(Sequence { x: f(&s.x)?, lengths, pad }.into())
            }
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
            Value::Tensor(t) if t.dim() == 3 => {
                let size = t.size();
                let lengths =
                    Tensor::f_full([size[0]], size[1], (Kind::Int64, tch::Device::Cpu)).during(layer, &[t.as_ref()])?;
                Ok(Rc::new(Sequence { x: t.shallow_clone(), lengths, pad: Pad::Back }))
            }
            Value::Tensor(t) => Err(Error::new(
                ErrorKind::Shape,
                format!("{layer} takes [batch, length, features], got {}", describe(t)),
            )),
        }
    }
}
