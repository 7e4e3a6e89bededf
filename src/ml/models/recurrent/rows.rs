//! The padded rows of a batch as libtorch's layer reads them: ends, reversal, groups.

use super::groups::Group;
use crate::error::Result;
use crate::ml::batch::{Layout, Pad, Sequence};
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

/// A layer reads every row from its first to its last position; with padding in front the padding is read too (as the lab does), with
/// padding behind it is not.
pub(super) struct Rows {
    layout: Rc<Layout>,
    device: Device,
}

impl Rows {
    /// Those of `s`: padded behind, no further than the longest.
    pub fn of(s: &Sequence) -> Self {
        Rows { layout: s.layout().as_read(), device: s.device() }
    }

    /// The values to compute on: behind the longest row's end they are cut off, and padding in front is zero, whatever the
    /// layers before made of it.
    pub fn values(&self, x: &Tensor) -> Result<Tensor> {
        match self.pad() {
            Pad::Back if self.width() < x.size()[1] => x.f_narrow(1, 0, self.width()).during("recurrent layer", &[x]),
            Pad::Back => Ok(x.shallow_clone()),
            Pad::Front => with_zeros_in_front(x, &self.layout),
        }
    }

    /// The number of real positions in each row.
    pub fn lengths(&self) -> &[i64] {
        self.layout.lengths()
    }

    /// Positions that are read of a row.
    pub fn width(&self) -> i64 {
        self.layout.width()
    }

    pub fn pad(&self) -> Pad {
        self.layout.pad()
    }

    /// Some rows, and their part of `x` (`[batch, width, features]`): as wide as the longest of them, the rest of their
    /// padding left away.
    pub fn part(&self, x: &Tensor, group: &Group) -> Result<(Rows, Tensor)> {
        let first = if self.pad() == Pad::Front { self.width() - group.longest } else { 0 };
        let index = Tensor::f_from_slice(&group.rows)
            .and_then(|i| i.f_to_device(self.device))
            .during("recurrent layer", &[])?;
        let part = x
            .f_narrow(1, first, group.longest)
            .and_then(|x| x.f_index_select(0, &index))
            .during("recurrent layer", &[x])?;
        let lengths = group.rows.iter().map(|row| self.lengths()[*row as usize]).collect();
        let layout = Rc::new(Layout::new(lengths, group.longest, self.pad())?);
        Ok((Rows { layout, device: self.device }, part))
    }

    /// Every row is read over the whole width.
    pub fn reads_all(&self) -> bool {
        self.pad() == Pad::Front || self.layout.all_real()
    }

    /// Each row's steps in the opposite order, `[batch, width, …]` → the same. Its own inverse. Padding behind stays behind.
    pub fn reverse(&self, x: &Tensor) -> Result<Tensor> {
        if self.reads_all() {
            return x.f_flip([1]).during("recurrent layer", &[x]);
        }
        let mut index = Vec::with_capacity(self.lengths().len() * self.width() as usize);
        for (row, n) in (0..).zip(self.lengths()) {
            let start = row * self.width();
            index.extend((start..start + n).rev());
            index.extend(start + n..start + self.width());
        }
        let index =
            Tensor::f_from_slice(&index).and_then(|i| i.f_to_device(self.device)).during("recurrent layer", &[])?;
        // As a table lookup: its backward pass adds rows in parallel, index_select's one after the other.
        Tensor::f_embedding(&flat(x)?, &index, -1, false, false)
            .and_then(|picked| picked.f_view_as(x))
            .during("recurrent layer", &[x])
    }

    /// The last step that is read of each row, `[batch, width, features]` → `[batch, features]`.
    pub fn ends(&self, x: &Tensor) -> Result<Tensor> {
        if self.reads_all() {
            return x.f_select(1, self.width() - 1).during("recurrent layer", &[x]);
        }
        let index: Vec<i64> = (0..).zip(self.lengths()).map(|(row, n): (i64, _)| row * self.width() + n - 1).collect();
        let index =
            Tensor::f_from_slice(&index).and_then(|i| i.f_to_device(self.device)).during("recurrent layer", &[])?;
        flat(x)?.f_index_select(0, &index).during("recurrent layer", &[x])
    }

    /// The outputs at all positions.
    pub fn sequence(&self, x: Tensor) -> Result<Sequence> {
        match self.pad() {
            Pad::Front => Ok(Sequence::padded_as(x, self.layout.clone())),
            // What stands in the padding is no output.
            Pad::Back => Sequence::packed(self.layout.pack(&x)?, self.layout.clone()),
        }
    }
}

/// Padding in front is zero, whatever the layers before made of it.
pub(super) fn with_zeros_in_front(x: &Tensor, layout: &Layout) -> Result<Tensor> {
    if layout.all_real() {
        return Ok(x.shallow_clone());
    }
    let zeroed = || {
        let lengths = Tensor::f_from_slice(layout.lengths())?.f_view([-1, 1, 1])?;
        let place = Tensor::f_arange(layout.width(), (Kind::Int64, Device::Cpu))?.f_view([1, -1, 1])?;
        let padding = place.f_lt_tensor(&lengths.f_neg()?.f_add_scalar(layout.width())?)?;
        x.f_masked_fill(&padding.f_to_device(x.device())?, 0.0)
    };
    zeroed().during("recurrent layer", &[x])
}

fn flat(x: &Tensor) -> Result<Tensor> {
    let features = x.size().last().copied().unwrap_or(1);
    x.f_reshape([-1, features]).during("recurrent layer", &[x])
}
