//! Rows of positions, filled up to one width.

use super::Pad;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::describe;
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
