//! Texts that stand in a set twice, or in two sets.

use super::{Overlap, Source};
use crate::error::{Error, Result};
use crate::ml::data::listing::ReadSet;
use rayon::prelude::*;

/// Of the test reviews, so many may be in the training set without being asked for: aclImdb has 0.5 %.
const ALLOWED: f64 = 0.01;

/// The reviews of a set by their texts. White space and capitals do not count; empty texts say nothing.
struct Texts<'r> {
    set: &'r ReadSet,
    /// What stands for each text, and whose it is, sorted.
    signs: Vec<(u64, u32)>,
}

/// Reviews of another set whose texts are in this one.
struct Shared {
    /// The first of them, and the review that has its text.
    first: (usize, u32),
    count: usize,
}

impl<'r> Texts<'r> {
    fn of(set: &'r ReadSet) -> Texts<'r> {
        let mut signs: Vec<(u64, u32)> =
            (0..).zip(&set.signs).filter(|(_, sign)| **sign != 0).map(|(at, sign)| (*sign, at)).collect();
        signs.par_sort_unstable();
        Texts { set, signs }
    }

    fn row(&self, sign: u64) -> Option<u32> {
        let at = self.signs.partition_point(|(other, _)| *other < sign);
        self.signs.get(at).filter(|(other, _)| *other == sign).map(|(_, row)| *row)
    }

    /// What to say of texts that stand in the training set, which this is, more than once.
    fn repeated(&self) -> Result<Option<String>> {
        let alike = || self.signs.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1);
        let Some((second, first)) = alike().map(|run| (run[1].1, run[0].1)).min() else { return Ok(None) };
        let what = match alike().map(|run| run.len() - 1).sum() {
            1 => "1 training review has the text".to_string(),
            count => format!("{count} training reviews have the text"),
        };
        let (second, first) = (self.set.name(second as usize)?, self.set.name(first as usize)?);
        let class = |row: u32| self.set.reviews.labels.get(row as usize);
        let contrary = alike().filter(|run| run.iter().any(|(_, row)| class(*row) != class(run[0].1))).count();
        let contrary = match contrary {
            0 => String::new(),
            1 => "; 1 text has more than one label".to_string(),
            count => format!("; {count} texts have more than one label"),
        };
        Ok(Some(format!("{what} of another ({second} that of {first}){contrary}")))
    }

    /// Without those that are `in_both` sets, which are said as that.
    fn shared(&self, set: &ReadSet, in_both: &[bool]) -> Option<Shared> {
        let there = set.signs.par_iter().zip(in_both).enumerate();
        let there = there.filter(|(_, (sign, is_same))| !**is_same && **sign != 0);
        let there: Vec<(usize, u32)> = there.filter_map(|(at, (sign, _))| Some((at, self.row(*sign)?))).collect();
        there.first().map(|first| Shared { first: *first, count: there.len() })
    }

    /// `3 of 200 test reviews (1.5 %) have the text of a training review (test/8 that of train/2)`: `set` is of `what` reviews, these texts are `own`.
    fn said(&self, shared: &Shared, set: &ReadSet, what: &str, own: &str) -> Result<String> {
        let Shared { first: (at, first), count } = *shared;
        let have = if count == 1 { "has" } else { "have" };
        let (all, share) = (set.len(), 100.0 * share(shared, set));
        let (name, first) = (set.name(at)?, self.set.name(first as usize)?);
        Ok(format!(
            "{count} of {all} {what} reviews ({share:.1} %) {have} the text of a {own} review ({name} that of {first})"
        ))
    }
}

fn share(shared: &Shared, set: &ReadSet) -> f64 {
    shared.count as f64 / set.len() as f64
}

/// The sets, in which texts are looked for, and of the test reviews which are training reviews themselves.
pub(super) struct Sets<'r> {
    pub train: Option<&'r ReadSet>,
    pub valid: Option<&'r ReadSet>,
    pub test: Option<&'r ReadSet>,
    pub in_both: &'r [bool],
}

/// How many reviews have the text of a training review.
#[derive(Default)]
pub(super) struct InTrain {
    pub valid: usize,
    pub test: usize,
}

/// Says which training reviews have the text of another, and how many validation and test reviews have that of a training review; and how many these
/// are.
///
/// # Errors
/// A hundredth of the test reviews or more, which a network has learned with their labels.
pub(super) fn repeated(source: &Source, sets: &Sets, overlap: Overlap) -> Result<(Vec<String>, InTrain)> {
    let Some(train) = sets.train else { return Ok((Vec::new(), InTrain::default())) };
    let texts = Texts::of(train);
    // Those of the sample are known, and would be said in every run.
    let is_new = *source != Source::Sample;
    let mut notes: Vec<String> = if is_new { texts.repeated()?.into_iter().collect() } else { Vec::new() };
    let mut in_train = InTrain::default();
    if let Some(valid) = sets.valid {
        let shared = texts.shared(valid, &vec![false; valid.len()]);
        in_train.valid = shared.as_ref().map_or(0, |shared| shared.count);
        if let Some(shared) = shared.filter(|_| is_new) {
            notes.push(texts.said(&shared, valid, "validation", "training")?);
        }
        // Then the test set has chosen the epoch.
        if let Some(tested) = sets.test.map(Texts::of)
            && let Some(shared) = tested.shared(valid, &vec![false; valid.len()]).filter(|_| is_new)
        {
            notes.push(tested.said(&shared, valid, "validation", "test")?);
        }
    }
    if let Some((test, shared)) = sets.test.and_then(|test| Some((test, texts.shared(test, sets.in_both)?))) {
        let what = texts.said(&shared, test, "test", "training")?;
        if share(&shared, test) >= ALLOWED && overlap == Overlap::Error {
            let source = source.name();
            return Err(Error::data(format!(
                "{source}: {what}: the network has learned them with their labels; overlap: \"keep\" scores them all the same"
            )));
        }
        notes.push(what);
        in_train.test = shared.count;
    }
    Ok((notes, in_train))
}
