//! The order in which the kernel takes the rows of a batch: by their lengths.

use crate::error::Result;
use crate::ml::batch::Pad;
use crate::ml::tensor::{gather, spread};
use tch::Tensor;

/// There is a block for each so many rows: a number of its own, so that results do not depend on that of the threads.
const ROWS_A_BLOCK: usize = 32;
/// A block has no more than these: a step's positions must fit into what the kernel computes at once.
const MOST_ROWS: i64 = 64;

/// The rows of a batch, which lie one behind the other, the longest first. Steps count from a row's beginning; with padding in front from its end:
/// rows that end together then are computed side by side.
pub(super) struct Order {
    /// The batch's row at each place.
    rows: Vec<i64>,
    /// How long the row at each place is.
    pub lengths: Vec<i64>,
    /// Where the first step of the row at each place lies among the positions.
    pub starts: Vec<i64>,
    /// How many rows each block has, which one thread computes: few long ones, many short ones, so that all blocks are about as much work.
    pub blocks: Vec<i64>,
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
        let at = |of: &[i64]| -> Vec<i64> { rows.iter().map(|row| of[*row as usize]).collect() };
        let (starts, lengths) = (at(&first_steps), at(lengths));
        Order { blocks: blocks(&lengths), lengths, starts, rows, pad }
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

/// How many of the rows, the longest first, each block gets: each its part of the positions.
fn blocks(lengths: &[i64]) -> Vec<i64> {
    // Shares are compared in f64: lengths times rows need not fit into 64 bits, and all machines round alike.
    let share = lengths.iter().sum::<i64>() as f64 / lengths.len().div_ceil(ROWS_A_BLOCK) as f64;
    let (mut blocks, mut rows, mut seen, mut end) = (Vec::new(), 0, 0.0, share);
    for (n, behind) in lengths.iter().zip((0..lengths.len()).rev()) {
        rows += 1;
        seen += *n as f64;
        let is_full = rows == MOST_ROWS || seen >= end && *n > 0;
        if is_full || behind == 0 {
            blocks.push(rows);
            rows = 0;
            while end <= seen && share > 0.0 {
                end += share;
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    #[test]
    fn blocks_are_about_as_much_work_and_none_has_more_rows_than_fit() {
        let even = |n: usize| blocks(&vec![100; n]);
        assert_eq!((even(1), even(32), even(33), even(64)), (vec![1], vec![32], vec![17, 16], vec![32, 32]));
        let falling: Vec<i64> = (1..=64).rev().collect();
        assert_eq!(blocks(&falling), [19, 45]);
        let mut one_long = vec![1; 63];
        one_long.insert(0, 10_000);
        assert_eq!(blocks(&one_long), [1, 63]);
        assert_eq!(blocks(&[0; 130]), [64, 64, 2]);
        let mut many_short = vec![1000; 1000];
        many_short.resize(3000, 1);
        let found = blocks(&many_short);
        assert!(found.iter().sum::<i64>() == 3000 && found.iter().all(|n| (1..=MOST_ROWS).contains(n)), "{found:?}");
    }

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
