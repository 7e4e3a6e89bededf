//! Rows of positions, of different lengths.

use super::{Layout, Pad};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe, kind_name};
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

/// A batch of sequences. Where rows are padded behind, the padding is never read, and layers compute the real positions alone: they stay
/// packed until someone asks for a padded tensor, which then has zeros there. Padding in front is read (as the lab does), and so it stays.
#[derive(Debug)]
pub struct Sequence {
    values: Values,
    layout: Rc<Layout>,
}

#[derive(Debug)]
enum Values {
    /// `[rows, width, …]`. What stands at padding positions is arbitrary: a layer of a bias makes it non-zero.
    Padded(Tensor),
    /// `[positions, …]`: the real positions of all rows one behind the other.
    Packed(Tensor),
}

impl Sequence {
    /// Rows that are padded, `[rows, width, …]`; `lengths` `[rows]`, int64 on the processor, says how much of each is real.
    ///
    /// # Errors
    /// `x` of fewer than two dimensions; lengths that are not int64, not one for each row, below 1 or beyond the width.
    pub fn padded(x: Tensor, lengths: &Tensor, pad: Pad) -> Result<Self> {
        let (rows, width) = match x.size().as_slice() {
            [rows, width, ..] => (*rows, *width),
            _ => {
                let message = format!("a sequence is [batch, length, features], got {}", describe(&x));
                return Err(Error::shape(message));
            }
        };
        if lengths.kind() != Kind::Int64 {
            let message = format!("lengths must be int64, got {}", describe(lengths));
            return Err(Error::new(ErrorKind::Kind, message));
        }
        if lengths.size() != [rows] {
            return Err(Error::shape(format!(
                "lengths must be [{rows}], one for each row of {}, got {}",
                describe(&x),
                describe(lengths)
            )));
        }
        let lengths = Vec::<i64>::try_from(lengths)?;
        if let Some((row, n)) = lengths.iter().enumerate().find(|(_, n)| **n > width) {
            let message = format!("row {row} has length {n}, beyond the {width} positions of {}", describe(&x));
            return Err(Error::value(message));
        }
        let layout = Layout::new(lengths, width, pad)?;
        Ok(Sequence { values: Values::Padded(x), layout: Rc::new(layout) })
    }

    /// The same of a layout that is known; `x` is as wide as it says.
    pub fn padded_as(x: Tensor, layout: Rc<Layout>) -> Self {
        Sequence { values: Values::Padded(x), layout }
    }

    /// Positions that are packed, `[positions, …]`, as many as the layout has.
    ///
    /// # Errors
    /// Another number of them.
    pub fn packed(x: Tensor, layout: Rc<Layout>) -> Result<Self> {
        let takes = layout.positions();
        if x.size().first() != Some(&takes) {
            let message = format!("the rows have {takes} positions together, got {}", describe(&x));
            return Err(Error::shape(message));
        }
        Ok(Sequence { values: Values::Packed(x), layout })
    }

    /// Rows of their own lengths, each `[length, …]`; nothing is padded.
    ///
    /// # Errors
    /// No row; an empty one; rows that differ in more than their lengths.
    pub fn of_rows(rows: &[Tensor]) -> Result<Self> {
        let lengths: Vec<i64> = rows.iter().map(|row| row.size().first().copied().unwrap_or(0)).collect();
        let Some(width) = lengths.iter().copied().max() else {
            return Err(Error::value("a sequence has at least one row"));
        };
        let layout = Layout::new(lengths, width, Pad::Back)?;
        let x = Tensor::f_cat(rows, 0).during("sequence", &rows.iter().take(2).collect::<Vec<_>>())?;
        Sequence::packed(x, Rc::new(layout))
    }

    pub fn layout(&self) -> &Rc<Layout> {
        &self.layout
    }

    /// Of the padded rows: `[rows, width, …]`.
    pub fn shape(&self) -> Vec<i64> {
        let (tensor, packed) = match &self.values {
            Values::Padded(x) => (x, false),
            Values::Packed(x) => (x, true),
        };
        let size = tensor.size();
        let rest = size.into_iter().skip(if packed { 1 } else { 2 });
        [self.layout.rows(), self.layout.width()].into_iter().chain(rest).collect()
    }

    pub fn device(&self) -> Device {
        self.tensor().device()
    }

    pub fn kind(&self) -> Kind {
        self.tensor().kind()
    }

    fn tensor(&self) -> &Tensor {
        let (Values::Padded(x) | Values::Packed(x)) = &self.values;
        x
    }

    /// `[rows, width, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn to_padded(&self) -> Result<Tensor> {
        match &self.values {
            Values::Padded(x) => Ok(x.shallow_clone()),
            Values::Packed(x) => self.layout.unpack(x),
        }
    }

    /// The real positions, `[positions, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn to_packed(&self) -> Result<Tensor> {
        match &self.values {
            Values::Padded(x) => self.layout.pack(x),
            Values::Packed(x) => Ok(x.shallow_clone()),
        }
    }

    /// `f` of each position's features; it sees the real positions, `[positions, …]`, or rows that are padded in front, `[rows, width, …]`.
    ///
    /// # Errors
    /// Those of `f`.
    pub fn map(&self, f: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Sequence> {
        match &self.values {
            Values::Padded(x) if self.layout.pad() == Pad::Front => {
                Ok(Sequence { values: Values::Padded(f(x)?), layout: self.layout.clone() })
            }
            _ => {
                let x = self.to_packed()?;
                let whose = |e: Error| match e.kind {
                    ErrorKind::Shape => {
                        let message = format!("{}, the real positions of {}", e.message, self.describe());
                        Error { message, ..e }
                    }
                    _ => e,
                };
                Sequence::packed(f(&x).map_err(whose)?, self.layout.clone())
            }
        }
    }

    /// For a message: `sequence of [2, 5, 3] float32`.
    pub fn describe(&self) -> String {
        format!("a sequence of {:?} {}", self.shape(), kind_name(self.kind()))
    }
}
