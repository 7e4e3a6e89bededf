//! Where the real positions of a padded batch are, and what follows from it: ends, reversal, masks.

use super::groups::Group;
use crate::error::{Error, Result};
use crate::ml::batch::{Pad, Sequence};
use crate::ml::tensor::During;
use tch::{Device, Kind, Tensor};

/// The layout of one batch. A layer reads every row from its first to its last position; with padding in front the
/// padding is read too (as the lab does), with padding behind it is not.
pub(super) struct Rows {
    lengths: Vec<i64>,
    width: i64,
    pad: Pad,
    device: Device,
}

impl Rows {
    /// The layout of `s`.
    ///
    /// # Errors
    /// Lengths that do not fit the batch.
    pub fn of(s: &Sequence) -> Result<Self> {
        let lengths = s.checked_lengths()?;
        let given = s.x.size()[1];
        let width = match s.pad {
            Pad::Front => given,
            Pad::Back => lengths.iter().copied().max().unwrap_or(given),
        };
        Ok(Rows { lengths, width, pad: s.pad, device: s.x.device() })
    }

    /// The values to compute on: behind the longest row's end they are cut off, and padding in front is zero, whatever the
    /// layers before made of it.
    pub fn values(&self, x: &Tensor) -> Result<Tensor> {
        match self.pad {
            Pad::Back if self.width < x.size()[1] => x.f_narrow(1, 0, self.width).during("lstm", &[x]),
            Pad::Front if !self.all_real() => self.zero_padding(x),
            _ => Ok(x.shallow_clone()),
        }
    }

    /// The same rows, as wide as the longest of them.
    pub fn without_common_padding(&self) -> Rows {
        let width = self.lengths.iter().copied().max().unwrap_or(self.width);
        Rows { lengths: self.lengths.clone(), width, ..*self }
    }

    /// The number of real positions in each row.
    pub fn lengths(&self) -> &[i64] {
        &self.lengths
    }

    /// Positions that are read of a row.
    pub fn width(&self) -> i64 {
        self.width
    }

    pub fn pad(&self) -> Pad {
        self.pad
    }

    /// Some rows, and their part of `x` (`[batch, width, features]`): as wide as the longest of them, the rest of their
    /// padding left away.
    pub fn part(&self, x: &Tensor, group: &Group) -> Result<(Rows, Tensor)> {
        let first = if self.pad == Pad::Front { self.width - group.longest } else { 0 };
        let index = Tensor::f_from_slice(&group.rows).and_then(|i| i.f_to_device(self.device)).during("lstm", &[])?;
        let part =
            x.f_narrow(1, first, group.longest).and_then(|x| x.f_index_select(0, &index)).during("lstm", &[x])?;
        let lengths = group.rows.iter().map(|row| self.lengths[*row as usize]).collect();
        Ok((Rows { lengths, width: group.longest, pad: self.pad, device: self.device }, part))
    }

    /// No row has padding.
    pub fn all_real(&self) -> bool {
        self.lengths.iter().all(|n| *n == self.width)
    }

    /// Every row is read over the whole width.
    pub fn reads_all(&self) -> bool {
        self.pad == Pad::Front || self.all_real()
    }

    /// Each row's steps in the opposite order, `[batch, width, …]` → the same. Its own inverse. Padding behind stays behind.
    pub fn reverse(&self, x: &Tensor) -> Result<Tensor> {
        if self.reads_all() {
            return x.f_flip([1]).during("lstm", &[x]);
        }
        let mut index = Vec::with_capacity(self.lengths.len() * self.width as usize);
        for (row, n) in (0..).zip(&self.lengths) {
            let start = row * self.width;
            index.extend((start..start + n).rev());
            index.extend(start + n..start + self.width);
        }
        let index = Tensor::f_from_slice(&index).and_then(|i| i.f_to_device(self.device)).during("lstm", &[])?;
        // As a table lookup: its backward pass adds rows in parallel, index_select's one after the other.
        Tensor::f_embedding(&flat(x)?, &index, -1, false, false)
            .and_then(|picked| picked.f_view_as(x))
            .during("lstm", &[x])
    }

    /// The last step that is read of each row, `[batch, width, features]` → `[batch, features]`.
    pub fn ends(&self, x: &Tensor) -> Result<Tensor> {
        if self.reads_all() {
            return x.f_select(1, self.width - 1).during("lstm", &[x]);
        }
        let index: Vec<i64> = (0..).zip(&self.lengths).map(|(row, n): (i64, _)| row * self.width + n - 1).collect();
        let index = Tensor::f_from_slice(&index).and_then(|i| i.f_to_device(self.device)).during("lstm", &[])?;
        flat(x)?.f_index_select(0, &index).during("lstm", &[x])
    }

    /// The maximum over the real positions, `[batch, width, features]` → `[batch, features]`.
    pub fn max(&self, x: &Tensor) -> Result<Tensor> {
        let candidates = match self.all_real() {
            true => x.shallow_clone(),
            // Adding -∞ to padding is twice as fast as filling it in, backward pass included.
            false => {
                let floor = Tensor::f_zeros([1], (x.kind(), self.device))
                    .and_then(|zero| zero.f_masked_fill(&self.padding()?, f64::NEG_INFINITY))
                    .during("lstm", &[x])?;
                x.f_add(&floor).during("lstm", &[x])?
            }
        };
        Ok(candidates.f_max_dim(1, false).during("lstm", &[x])?.0)
    }

    /// The mean over the real positions, `[batch, width, features]` → `[batch, features]`.
    pub fn mean(&self, x: &Tensor) -> Result<Tensor> {
        if self.all_real() {
            return x.f_mean_dim(1i64, false, None).during("lstm", &[x]);
        }
        // A product with each position's share, zero for padding.
        let shares = Tensor::f_from_slice(&self.lengths)
            .and_then(|n| n.f_to_device(self.device)?.f_to_kind(x.kind())?.f_reciprocal()?.f_view([-1, 1, 1]))
            .and_then(|share| share.f_expand([-1, self.width, 1], false)?.f_masked_fill(&self.padding()?, 0.0))
            .and_then(|share| share.f_transpose(1, 2))
            .during("lstm", &[x])?;
        shares.f_bmm(x).and_then(|mean| mean.f_squeeze_dim(1)).during("lstm", &[&shares, x])
    }

    pub fn zero_padding(&self, x: &Tensor) -> Result<Tensor> {
        if self.all_real() {
            return Ok(x.shallow_clone());
        }
        self.padding().and_then(|padding| x.f_masked_fill(&padding, 0.0)).during("lstm", &[x])
    }

    /// `[batch, width, 1]`, true where there is padding.
    fn padding(&self) -> Result<Tensor, tch::TchError> {
        let lengths = Tensor::f_from_slice(&self.lengths)?.f_view([-1, 1, 1])?;
        let position = Tensor::f_arange(self.width, (Kind::Int64, Device::Cpu))?.f_view([1, -1, 1])?;
        let padding = match self.pad {
            Pad::Back => position.f_ge_tensor(&lengths)?,
            Pad::Front => position.f_lt_tensor(&lengths.f_neg()?.f_add_scalar(self.width)?)?,
        };
        padding.f_to_device(self.device)
    }

    /// The outputs at all positions as a sequence.
    pub fn sequence(&self, x: Tensor) -> Result<Sequence> {
        let lengths = Tensor::f_from_slice(&self.lengths).during("lstm", &[])?;
        Sequence::new(x, lengths, self.pad).map_err(|e: Error| e.within("lstm"))
    }
}

fn flat(x: &Tensor) -> Result<Tensor> {
    let features = x.size().last().copied().unwrap_or(1);
    x.f_reshape([-1, features]).during("lstm", &[x])
}
