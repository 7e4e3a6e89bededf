//! Texts that stand in a set twice, or in two sets.

use super::{Overlap, Source};
use crate::error::{Error, Result};
use crate::ml::data::listing::ReadSet;
use rayon::prelude::*;

/// Of the test reviews, so many may be in the training set without being asked for: aclImdb has 0.5 %.
const ALLOWED: f64 = 0.01;

/// Says which training reviews have the text of another, and how many test reviews have that of a training review, but for those `in_both` sets, which are
/// said as that; and how many these are. White space and capitals do not count; empty texts say nothing.
///
/// # Errors
/// A hundredth of the test reviews or more, which a network has learned with their labels.
pub(super) fn repeated(
    source: &Source,
    train: Option<&ReadSet>,
    test: Option<&ReadSet>,
    in_both: &[bool],
    overlap: Overlap,
) -> Result<(Vec<String>, usize)> {
    let Some(train) = train else { return Ok((Vec::new(), 0)) };
    let mut notes = Vec::new();
    let mut signs: Vec<(u64, u32)> =
        (0..).zip(&train.signs).filter(|(_, sign)| **sign != 0).map(|(at, sign)| (*sign, at)).collect();
    signs.par_sort_unstable();
    let alike = || signs.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1);
    // Of the sample that is known, and would be said in every run.
    let first_pair = alike().map(|run| (run[1].1, run[0].1)).min().filter(|_| *source != Source::Sample);
    if let Some((second, first)) = first_pair {
        let what = match alike().map(|run| run.len() - 1).sum() {
            1 => "1 training review has the text".to_string(),
            count => format!("{count} training reviews have the text"),
        };
        let (second, first) = (train.name(second as usize)?, train.name(first as usize)?);
        notes.push(format!("{what} of another ({second} that of {first})"));
    }
    let Some(test) = test else { return Ok((notes, 0)) };
    let of_train =
        |sign: u64| signs.get(signs.partition_point(|(other, _)| *other < sign)).filter(|(other, _)| *other == sign);
    let tested = test.signs.par_iter().zip(in_both).enumerate();
    let both =
        tested.filter_map(|(at, (sign, is_same))| Some((at, of_train(*sign).filter(|_| !is_same && *sign != 0)?.1)));
    let both: Vec<(usize, u32)> = both.collect();
    if let Some((at, first)) = both.first() {
        let share = both.len() as f64 / test.len() as f64;
        let have = if both.len() == 1 { "has" } else { "have" };
        let (name, first) = (test.name(*at)?, train.name(*first as usize)?);
        let what = format!(
            "{} of {} test reviews ({:.1} %) {have} the text of a training review ({name} that of {first})",
            both.len(),
            test.len(),
            100.0 * share
        );
        if share >= ALLOWED && overlap == Overlap::Error {
            let source = source.name();
            return Err(Error::data(format!(
                "{source}: {what}: the network has learned them with their labels; overlap: \"keep\" scores them all the same"
            )));
        }
        notes.push(what);
    }
    Ok((notes, both.len()))
}
