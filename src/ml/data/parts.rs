//! Parts of a data set: some of its rows, two parts, folds.

use super::Dataset;
use crate::error::{Error, Result};
use crate::ml::random;
use std::collections::BTreeMap;
use std::ops::Range;
use tch::Kind;

/// No epoch of a run has these numbers, so parts say nothing about any epoch's order; nor does what [`super::Corpus`] draws by.
const SPLIT: i64 = i64::MIN;
const FOLDS: i64 = i64::MIN + 3;

impl Dataset {
    /// # Errors
    /// A range that is empty or goes beyond the end.
    pub fn slice(&self, range: Range<usize>) -> Result<Dataset> {
        if range.end > self.len() || range.is_empty() {
            let n = self.len();
            return Err(Error::value(format!("slice {range:?}: expected a part, not empty, of the {n} rows (0..{n})")));
        }
        self.room_for_order("slice")?;
        self.subset(&(range.start as i64..range.end as i64).collect::<Vec<_>>())
    }

    /// Divides the rows into two parts, say for training and validation: `fraction` of them, rounded, come into the
    /// second. They are drawn by the seed alone, from each class alike where labels are classes; both parts keep the
    /// order of the rows.
    ///
    /// # Errors
    /// A fraction that leaves one part without rows.
    pub fn split(&self, fraction: f64) -> Result<(Dataset, Dataset)> {
        let n = self.len();
        self.room_for_order("split")?;
        let mut second = vec![false; n];
        for rows in self.drawn(SPLIT)? {
            let count = (rows.len() as f64 * fraction.clamp(0.0, 1.0)).round() as usize;
            rows.iter().take(count).for_each(|row| second[*row as usize] = true);
        }
        let (b, a): (Vec<i64>, Vec<i64>) = (0..n as i64).partition(|row| second[*row as usize]);
        if a.is_empty() || b.is_empty() {
            return Err(Error::value(format!(
                "split({fraction}): {} of {n} rows would be in the first part and {} in the second; both need some",
                a.len(),
                b.len()
            )));
        }
        Ok((self.subset(&a)?, self.subset(&b)?))
    }

    /// Divides the rows into `k` folds, and gives for each all other rows, to train on, and its own, to validate on. They are drawn by the
    /// seed alone, each class dealt out alike where labels are classes, so that folds differ by one row at most, and by one of each class; all
    /// keep the order of the rows.
    ///
    /// # Errors
    /// A `k` below 2, or above the number of rows.
    pub fn folds(&self, k: usize) -> Result<Vec<(Dataset, Dataset)>> {
        let n = self.len();
        if k < 2 || k > n {
            return Err(Error::value(format!("folds: k is {k}, it must be from 2 to the {n} rows that there are")));
        }
        self.room_for_order("folds")?;
        let mut fold_of = vec![0; n];
        for (place, row) in self.drawn(FOLDS)?.concat().into_iter().enumerate() {
            fold_of[row as usize] = place % k;
        }
        let fold = |i: usize| {
            let (own, others): (Vec<i64>, Vec<i64>) = (0..n as i64).partition(|row| fold_of[*row as usize] == i);
            Ok((self.subset(&others)?, self.subset(&own)?))
        };
        (0..k).map(fold).collect()
    }

    /// All rows in the order that the seed draws for `purpose`, by their classes; as of one class where labels are none.
    fn drawn(&self, purpose: i64) -> Result<Vec<Vec<i64>>> {
        let (n, labels) = (self.len(), self.labels());
        let labels = match labels.kind() == Kind::Int64 && labels.dim() == 1 {
            true => Vec::<i64>::try_from(&labels)?,
            false => vec![0; n],
        };
        let mut classes: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for row in random::permutation(n as i64, purpose)? {
            classes.entry(labels[row as usize]).or_default().push(row);
        }
        Ok(classes.into_values().collect())
    }
}
