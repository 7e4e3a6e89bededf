//! What was read, in figures.

use crate::ml::data::listing::ReadSet;
use rayon::prelude::*;

/// Of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAccount {
    /// `"train"`, `"valid"` or `"test"`.
    pub set: &'static str,
    pub rows: usize,
    /// How many rows each class has.
    pub classes: Vec<usize>,
    /// Texts of white space alone.
    pub empty: usize,
    /// Characters that stand for bytes which were none in the file's encoding.
    pub replaced: usize,
    /// Rows whose text another row before them has.
    pub repeated: usize,
    /// Rows of another set than the training set whose text a training row has.
    pub in_train: usize,
    /// Texts of a table with delimiters and line breaks in one quoted field: where a quote is missing, rows become one.
    pub spanning: usize,
}

impl SetAccount {
    pub(super) fn new(set: &'static str, read: &ReadSet, classes: usize, in_train: usize) -> SetAccount {
        let mut counts = vec![0; classes];
        let labels = read.reviews.labels.iter().filter_map(|label| usize::try_from(*label).ok());
        labels.for_each(|label| counts.get_mut(label).into_iter().for_each(|count| *count += 1));
        let mut signs: Vec<u64> = read.signs.iter().copied().filter(|sign| *sign != 0).collect();
        let texts = signs.len();
        signs.par_sort_unstable();
        signs.dedup();
        SetAccount {
            set,
            rows: read.len(),
            classes: counts,
            empty: read.len() - texts,
            replaced: read.reviews.replaced,
            repeated: texts - signs.len(),
            in_train,
            spanning: read.spanning,
        }
    }
}
