//! The batches of an epoch: their order is a pure function of the seed and the epoch.

use super::Dataset;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::batch::Batch;
use crate::ml::random;
use std::collections::HashSet;
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

/// Where an epoch stands: so many of its rows are done, in the order of batches of these options.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    pub options: BatchOptions,
    pub rows: usize,
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

    /// The batches of an epoch that are still to come. Where they have another size than those that it began with, the rows that are
    /// left come in the order of the epoch, and no row twice.
    ///
    /// # Errors
    /// As [`Self::batches`]; rows that end in the middle of a batch of the same options, which are those of other data.
    pub fn rest(self: &Rc<Self>, options: BatchOptions, begun: Begun) -> Result<Batches> {
        let began = BatchOptions { epoch: options.epoch, ..begun.options };
        let mut batches = self.batches(began)?;
        if began == options {
            let mut rows = 0;
            while rows < begun.rows {
                let Some(batch) = batches.plan.get(batches.next) else { break };
                rows += batch.len();
                batches.next += 1;
            }
            let message = || format!("batches: the {} rows that are done are no whole number of batches", begun.rows);
            return if rows == begun.rows { Ok(batches) } else { Err(Error::value(message())) };
        }
        let mut order = batches.plan.concat();
        if began.drop_last {
            // Those that the old size would have left out.
            let kept: HashSet<i64> = order.iter().copied().collect();
            order.extend((0..self.len() as i64).filter(|row| !kept.contains(row)));
        }
        let left = order.get(begun.rows..).unwrap_or_default();
        let mut left = chunks(left, options.size);
        if options.drop_last {
            left.retain(|batch| batch.len() == options.size);
        }
        // Numbered as if the whole epoch had batches of this size.
        let steps = self.steps(options.size, options.drop_last)?;
        let next = steps.saturating_sub(left.len());
        let plan = std::iter::repeat_n(Vec::new(), next).chain(left).collect();
        Ok(Batches { data: self.clone(), plan, next, epoch: options.epoch })
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
        Some(interrupt::check().and_then(|()| self.data.batch(rows, self.epoch)))
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
