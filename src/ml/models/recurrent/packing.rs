//! Rows without their padding: sorted by length, and step by step.

use super::kernel::{self, Layout};
use crate::error::Result;
use crate::ml::batch::Pad;
use crate::ml::tensor::During;
use tch::Tensor;

/// So many rows are computed by one thread: a number of its own, so that results do not depend on that of the threads.
const BLOCK: usize = 32;

/// Where the positions of a batch lie when it is packed. Rows are sorted by length, the longest first, and divided into blocks; in a block come
/// the first positions of all its rows, then the second ones of all that are so long, and so on. With padding in front, positions count
/// from the row's end: rows that end together then lie side by side.
pub(super) struct Packing {
    /// The batch's row at each place.
    order: Vec<i64>,
    /// How long the row at each place is.
    lengths: Vec<i64>,
    pad: Pad,
}

impl Packing {
    pub fn of(lengths: &[i64], pad: Pad) -> Packing {
        let mut order: Vec<i64> = (0..lengths.len() as i64).collect();
        order.sort_by_key(|row| std::cmp::Reverse(lengths[*row as usize]));
        let lengths = order.iter().map(|row| lengths[*row as usize]).collect();
        Packing { order, lengths, pad }
    }

    /// How long the row at each place is; the longest comes first.
    pub fn lengths(&self) -> &[i64] {
        &self.lengths
    }

    /// What the kernel needs of it.
    pub fn layout(&self) -> Layout<'_> {
        Layout { lengths: &self.lengths, block: BLOCK as i64, from_last: self.pad == Pad::Front }
    }

    /// `position(place, step)` for all packed positions.
    fn positions(&self, mut position: impl FnMut(usize, i64)) {
        for first in (0..self.lengths.len()).step_by(BLOCK) {
            let mut alive = (self.lengths.len() - first).min(BLOCK);
            for step in 0..self.lengths[first] {
                while self.lengths[first + alive - 1] <= step {
                    alive -= 1;
                }
                (first..first + alive).for_each(|place| position(place, step));
            }
        }
    }

    /// Where each packed position is in a batch that is padded to `width`, its rows one behind the other.
    fn padded(&self, width: i64) -> Vec<i64> {
        let mut index = Vec::new();
        self.positions(|place, step| {
            let at = if self.pad == Pad::Front { width - 1 - step } else { step };
            index.push(self.order[place] * width + at);
        });
        index
    }

    /// `[batch, width, F]` → `[positions, F]`.
    pub fn pack(&self, x: &Tensor) -> Result<Tensor> {
        let (width, features) = (x.size()[1], x.size()[2]);
        let flat = x.f_reshape([-1, features]).during("lstm", &[x])?;
        kernel::gather(&flat, &self.padded(width))
    }

    /// `[positions, F]` → `[batch, width, F]`, zero where there is padding.
    pub fn unpack(&self, x: &Tensor, width: i64) -> Result<Tensor> {
        let rows = self.order.len() as i64;
        let padded = kernel::spread(x, &self.padded(width), rows * width)?;
        padded.f_view([rows, width, -1]).during("lstm", &[x])
    }

    /// What stands at each row's last position, in the order of the places: `[positions, F]` → `[rows, F]`.
    pub fn last(&self, x: &Tensor) -> Result<Tensor> {
        let mut index = vec![0; self.order.len()];
        let mut at = 0;
        self.positions(|place, step| {
            let last = if self.pad == Pad::Front { 0 } else { self.lengths[place] - 1 };
            if step == last {
                index[place] = at;
            }
            at += 1;
        });
        kernel::gather(x, &index)
    }

    /// `[rows, F]` in the order of the places → in that of the batch.
    pub fn in_order(&self, x: &Tensor) -> Result<Tensor> {
        kernel::spread(x, &self.order, self.order.len() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lie_step_by_step_the_longest_first_and_blocks_one_behind_the_other() {
        let packing = Packing::of(&[2, 3, 1], Pad::Back);
        // Rows 1, 0, 2, of a batch of width 3.
        assert_eq!(packing.padded(3), [3, 0, 6, 4, 1, 5]);
        // The last positions stand at the end of each row of the batch.
        assert_eq!(Packing::of(&[2, 3, 1], Pad::Front).padded(3), [5, 2, 8, 4, 1, 3]);
        let many = Packing::of(&[1; 40], Pad::Back);
        assert_eq!(many.padded(1), (0..40).collect::<Vec<_>>());
        let two = Packing::of(&[vec![2; BLOCK], vec![1]].concat(), Pad::Back);
        assert_eq!(two.padded(2).last(), Some(&(2 * BLOCK as i64)));
        assert_eq!(two.padded(2).len(), 2 * BLOCK + 1);
    }
}
