//! The order in which the kernel takes the rows of a batch: by their lengths.

use crate::error::Result;
use crate::ml::batch::Pad;
use crate::ml::tensor::{gather, spread};
use tch::Tensor;

/// So many rows are computed by one thread: a number of its own, so that results do not depend on that of the threads.
pub(super) const BLOCK: i64 = 32;

/// The rows of a batch, which lie one behind the other, the longest first. Steps count from a row's beginning; with padding in front from its end:
/// rows that end together then are computed side by side.
pub(super) struct Order {
    /// The batch's row at each place.
    rows: Vec<i64>,
    /// How long the row at each place is.
    pub lengths: Vec<i64>,
    /// Where the first step of the row at each place lies among the positions.
    pub starts: Vec<i64>,
    pub pad: Pad,
}

impl Order {
    pub fn of(lengths: &[i64], pad: Pad) -> Order {
        let mut rows: Vec<i64> = (0..lengths.len() as i64).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(lengths[*row as usize]));
        let mut end = 0;
        let first_steps = lengths.iter().map(|n| {
            end += n;
            if pad == Pad::Front { end - 1 } else { end - n }
        });
        let first_steps: Vec<i64> = first_steps.collect();
        let at = |of: &[i64]| rows.iter().map(|row| of[*row as usize]).collect();
        Order { lengths: at(lengths), starts: at(&first_steps), rows, pad }
    }

    /// From the place of a step to that of the next.
    pub fn along(&self) -> i64 {
        if self.pad == Pad::Front { -1 } else { 1 }
    }

    /// What stands at each row's last position, in this order: `[positions, F]` → `[rows, F]`.
    pub fn last(&self, x: &Tensor) -> Result<Tensor> {
        let ends = self.starts.iter().zip(&self.lengths);
        let ends = ends.map(|(start, n)| if self.pad == Pad::Front { *start } else { start + n - 1 });
        gather(x, &ends.collect::<Vec<_>>())
    }

    /// `[rows, F]` in this order → in that of the batch.
    pub fn undone(&self, x: &Tensor) -> Result<Tensor> {
        spread(x, &self.rows, self.rows.len() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    #[test]
    fn the_longest_row_comes_first_and_each_begins_where_it_lies() {
        let x = Tensor::arange(6, (Kind::Float, Device::Cpu)).view([6, 1]);
        for (pad, starts) in [(Pad::Back, [2, 0, 5]), (Pad::Front, [4, 1, 5])] {
            let order = Order::of(&[2, 3, 1], pad);
            assert_eq!((order.lengths.as_slice(), order.starts.as_slice()), (&[3, 2, 1][..], &starts[..]));
            let last = order.last(&x).unwrap();
            assert_eq!(Vec::<f64>::try_from(last.view([-1])).unwrap(), [4.0, 1.0, 5.0]);
            assert_eq!(Vec::<f64>::try_from(order.undone(&last).unwrap().view([-1])).unwrap(), [1.0, 4.0, 5.0]);
        }
    }
}
