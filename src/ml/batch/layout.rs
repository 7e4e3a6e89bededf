//! Where the positions of a batch of sequences are: packed, the real ones of all rows one behind the other; and padded, all rows
//! filled up to one width.

use super::Pad;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::tensor::{During, gather, split, spread};
use std::rc::Rc;
use tch::Tensor;

/// The length of each row, the width to which rows are padded, and on which side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    lengths: Vec<i64>,
    width: i64,
    pad: Pad,
}

impl Layout {
    /// # Errors
    /// A length below 1 or beyond the width: names the first such row.
    pub fn new(lengths: Vec<i64>, width: i64, pad: Pad) -> Result<Layout> {
        match lengths.iter().enumerate().find(|(_, n)| !(1..=width).contains(*n)) {
            None => Ok(Layout { lengths, width, pad }),
            Some((row, n)) if *n < 1 => {
                Err(Error::value(format!("row {row} has length {n}: a sequence has at least one position")))
            }
            Some((row, n)) => Err(Error::value(format!("row {row} has length {n}, beyond the {width} positions"))),
        }
    }

    /// So many rows without padding.
    ///
    /// # Errors
    /// Kind `memory`: a tensor that is one number again and again can have more rows than there is memory for their lengths.
    pub fn full(rows: i64, width: i64) -> Result<Layout> {
        room(rows)?;
        Ok(Layout { lengths: vec![width; rows as usize], width, pad: Pad::Back })
    }

    /// The number of real positions in each row.
    pub fn lengths(&self) -> &[i64] {
        &self.lengths
    }

    pub fn rows(&self) -> i64 {
        self.lengths.len() as i64
    }

    /// Positions of a padded row.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// Of all rows, without padding.
    pub fn positions(&self) -> i64 {
        self.lengths.iter().fold(0, |all, n| all.saturating_add(*n))
    }

    pub fn pad(&self) -> Pad {
        self.pad
    }

    /// No row has padding.
    pub fn all_real(&self) -> bool {
        self.lengths.iter().all(|n| *n == self.width)
    }

    /// The same rows, padded no further than the longest of them.
    pub fn narrowed(&self) -> Layout {
        let width = self.lengths.iter().copied().max().unwrap_or(self.width);
        Layout { lengths: self.lengths.clone(), width, pad: self.pad }
    }

    /// These rows as a recurrent layer reads them, from the first to the last: padding in front is read, padding behind is cut off
    /// where the longest row ends.
    pub fn as_read(self: &Rc<Self>) -> Rc<Layout> {
        match self.pad {
            Pad::Front => self.clone(),
            Pad::Back => Rc::new(self.narrowed()),
        }
    }

    /// The place of each real position in the padded rows, one behind the other.
    fn real(&self) -> Result<Vec<i64>> {
        room(self.positions())?;
        let rows = (0..).zip(&self.lengths);
        let places = rows.flat_map(|(row, n)| {
            let first = row * self.width + if self.pad == Pad::Front { self.width - n } else { 0 };
            first..first + n
        });
        Ok(places.collect())
    }

    /// The real positions of padded rows, `[rows, width, …]` → `[positions, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn pack(&self, x: &Tensor) -> Result<Tensor> {
        let mut size = x.size();
        let rest = size.split_off(2.min(size.len()));
        let flat = x.f_reshape([vec![self.rows() * self.width], rest].concat()).during("sequence", &[x])?;
        if self.all_real() { Ok(flat) } else { gather(&flat, &self.real()?) }
    }

    /// The other way, `[positions, …]` → `[rows, width, …]`, zero where there is padding.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn unpack(&self, x: &Tensor) -> Result<Tensor> {
        let flat = match self.all_real() {
            true => x.shallow_clone(),
            false => spread(x, &self.real()?, self.rows() * self.width)?,
        };
        let size = [vec![self.rows(), self.width], x.size().split_off(1)].concat();
        flat.f_reshape(size).during("sequence", &[x])
    }

    /// The rows of packed positions, each `[length, …]`: views, no copies.
    ///
    /// # Errors
    /// Other positions than these.
    pub fn split(&self, x: &Tensor) -> Result<Vec<Tensor>> {
        split(x, &self.lengths, "sequence")
    }
}

/// For so many numbers of positions or rows.
fn room(count: i64) -> Result<()> {
    memory::room(
        || "sequence: the places of its positions".to_string(),
        (count as u64).saturating_mul(size_of::<i64>() as u64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tch::{Device, Kind};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_packed_and_padded_again_is_the_same_with_zeros(
            lengths in prop::collection::vec(1i64..7, 1..6), more in 0i64..3, front in any::<bool>(),
        ) {
            let width = lengths.iter().max().unwrap() + more;
            let pad = if front { Pad::Front } else { Pad::Back };
            let layout = Layout::new(lengths.clone(), width, pad).unwrap();
            let rows = layout.rows();
            let x = Tensor::arange(rows * width * 2, (Kind::Float, Device::Cpu)).view([rows, width, 2]) + 1.0;
            let packed = layout.pack(&x).unwrap();
            prop_assert_eq!(packed.size(), [lengths.iter().sum::<i64>(), 2]);
            let padded = layout.unpack(&packed).unwrap();
            for (row, (n, own)) in lengths.iter().zip(layout.split(&packed).unwrap()).enumerate() {
                let first = if front { width - n } else { 0 };
                let row = row as i64;
                prop_assert_eq!(&padded.select(0, row).narrow(0, first, *n), &x.select(0, row).narrow(0, first, *n));
                prop_assert_eq!(own, x.select(0, row).narrow(0, first, *n));
            }
            prop_assert_eq!(padded.count_nonzero(None).int64_value(&[]), packed.numel() as i64);
        }
    }
}
