//! The batches of an epoch: their order is a pure function of the seed and the epoch.

use super::Dataset;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::batch::Batch;
use crate::ml::random;
use std::rc::Rc;

/// How many batches' rows are sorted by length together: enough to save padding, few enough that an epoch's batches are
/// made of other reviews than the last one's.
const BUCKET: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchOptions {
    /// Rows of a batch.
    pub size: usize,
    /// The epoch whose batches these are. With one, the draws (dropout) of step k depend on epoch and k alone; without
    /// one, randomness is left as it stands, as an evaluation in the middle of a run needs.
    pub epoch: Option<i64>,
    /// Draws the rows in the order of the epoch; otherwise they come as they are.
    pub shuffle: bool,
    /// Leaves out the last rows where they do not fill a batch.
    pub drop_last: bool,
    /// Batches of rows of similar length, which take less padding. With `shuffle` within parts of 16 batches, in mixed
    /// order; without it the rows come from the shortest to the longest. Rows of a tensor are all of one length: their
    /// order stays as it is.
    pub bucket: bool,
}

impl Default for BatchOptions {
    fn default() -> Self {
        BatchOptions { size: 64, epoch: None, shuffle: false, drop_last: false, bucket: false }
    }
}

/// The batches of one epoch, made one at a time.
#[derive(Debug)]
pub struct Batches {
    data: Rc<Dataset>,
    plan: Vec<Vec<i64>>,
    next: usize,
    epoch: Option<i64>,
}

impl Dataset {
    /// The number of batches that [`Self::batches`] gives.
    ///
    /// # Errors
    /// A size of 0, or more than there are rows if the rest is dropped.
    pub fn steps(&self, size: usize, drop_last: bool) -> Result<usize> {
        let n = self.len();
        if size == 0 {
            return Err(Error::value("batches: size must be at least 1"));
        }
        if drop_last && size > n {
            return Err(Error::value(format!(
                "batches: {n} rows do not fill a batch of {size}, and drop_last drops what is not full: \
                 a size of at most {n}, or drop_last: false, gives batches"
            )));
        }
        Ok(if drop_last { n / size } else { n.div_ceil(size) })
    }

    /// Every row once, in batches (but the rest that `drop_last` leaves out).
    ///
    /// # Errors
    /// As [`Self::steps`]; `shuffle` without an epoch.
    pub fn batches(self: &Rc<Self>, options: BatchOptions) -> Result<Batches> {
        let BatchOptions { size, epoch, shuffle, drop_last, bucket } = options;
        let steps = self.steps(size, drop_last)?;
        let n = self.len() as i64;
        self.room_for_order("batches")?;
        let mut rows = match (shuffle, epoch) {
            (false, _) => (0..n).collect(),
            (true, Some(epoch)) => random::permutation(n, epoch)?,
            (true, None) => {
                return Err(Error::value(
                    "batches: shuffle needs the epoch, which gives each its own order (epoch: 1)",
                ));
            }
        };
        if drop_last {
            rows.truncate(steps * size);
        }
        let plan = match self.lengths().filter(|_| bucket) {
            None => chunks(&rows, size),
            Some(lengths) => {
                let part = if shuffle { BUCKET.saturating_mul(size) } else { rows.len() };
                rows.chunks_mut(part).for_each(|part| part.sort_by_key(|row| lengths[*row as usize]));
                mixed(chunks(&rows, size), epoch.filter(|_| shuffle))?
            }
        };
        Ok(Batches { data: self.clone(), plan, next: 0, epoch })
    }
}

fn chunks(rows: &[i64], size: usize) -> Vec<Vec<i64>> {
    rows.chunks(size).map(<[i64]>::to_vec).collect()
}

fn mixed(mut plan: Vec<Vec<i64>>, epoch: Option<i64>) -> Result<Vec<Vec<i64>>> {
    let Some(epoch) = epoch else { return Ok(plan) };
    // The complement: epochs count from 0 up, so these numbers are no epoch's, and this order not that of the rows.
    let order = random::permutation(plan.len() as i64, !epoch)?;
    Ok(order.into_iter().map(|k| std::mem::take(&mut plan[k as usize])).collect())
}

impl Iterator for Batches {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.plan.get(self.next)?;
        if let Some(epoch) = self.epoch {
            random::begin_step(epoch, self.next as i64);
        }
        self.next += 1;
        Some(interrupt::check().and_then(|()| self.data.batch(rows)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.plan.len() - self.next;
        (left, Some(left))
    }

    /// Skips without making the batches, so that `skip` resumes in the middle of an epoch at no cost.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.next = self.next.saturating_add(n).min(self.plan.len());
        self.next()
    }
}

impl ExactSizeIterator for Batches {}
