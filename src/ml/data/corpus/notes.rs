//! What the user should know of a corpus, and what it cannot be used for.

use super::Source;
use crate::error::{Error, Result};
use crate::ml::data::listing::ReadSet;
use std::collections::HashSet;

/// A training set has at least two classes. Classes that one or the other set lacks are said.
pub(super) fn check_classes(
    source: &Source,
    classes: &[String],
    train: &[i64],
    test: &[i64],
    notes: &mut Vec<String>,
) -> Result<()> {
    let occurring = |classes: &[i64]| classes.iter().copied().collect::<HashSet<i64>>();
    let (trained, tested) = (occurring(train), occurring(test));
    let names = |which: &dyn Fn(i64) -> bool| {
        let all = classes.iter().enumerate().filter(|(i, _)| which(*i as i64)).map(|(_, name)| name.as_str());
        all.collect::<Vec<_>>().join(", ")
    };
    if train.is_empty() {
        return Ok(());
    }
    if trained.len() < 2 {
        let only = names(&|class| trained.contains(&class));
        return Err(Error::data(format!(
            "{}: all {} training reviews are of the class `{only}`; a classifier learns from at least two",
            source.name(),
            train.len()
        )));
    }
    let missing = names(&|class| !trained.contains(&class));
    if !missing.is_empty() {
        notes.push(format!("the training reviews have none of class {missing}, which so cannot be learned"));
    }
    let single = names(&|class| train.iter().filter(|other| **other == class).take(2).count() == 1);
    // Where every class has one row, that is how the data was asked for.
    if !single.is_empty() && train.len() > trained.len() {
        notes.push(format!("the training reviews have a single one of class {single}"));
    }
    let untested = names(&|class| trained.contains(&class) && !tested.contains(&class));
    if !untested.is_empty() && !test.is_empty() {
        notes.push(format!("the test reviews have none of class {untested}"));
    }
    let unseen = names(&|class| tested.contains(&class) && !trained.contains(&class));
    if !unseen.is_empty() {
        notes.push(format!("the test reviews have some of class {unseen}, which the training reviews never have"));
    }
    Ok(())
}

/// Texts that are not what their writers wrote.
///
/// # Errors
/// None that can be met: names stand in memory.
pub(super) fn damage(source: &Source, sets: &[&Option<ReadSet>]) -> Result<Vec<String>> {
    let sets = || sets.iter().filter_map(|set| set.as_ref());
    let replaced: usize = sets().map(|set| set.reviews.replaced).sum();
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut notes = Vec::new();
    if replaced > 0 {
        let first = sets().find_map(|set| Some(set.name(set.first_replaced?)));
        let first = first.transpose()?.unwrap_or_default();
        let what = plural(replaced, "character that was not UTF-8 was", "characters that were not UTF-8 were");
        let other = match source {
            Source::Tables(..) => "; encoding: \"latin1\" or another reads a file that is not UTF-8",
            _ => "",
        };
        notes.push(format!("{what} replaced by U+FFFD (the first in {first}{other})"));
    }
    let empty = sets().flat_map(|set| set.signs.iter().enumerate().map(move |(at, sign)| (set, at, *sign)));
    let mut empty = empty.filter(|(.., sign)| *sign == 0).map(|(set, at, _)| (set, at));
    if let Some((set, at)) = empty.next() {
        let what = plural(1 + empty.count(), "review is empty and is", "reviews are empty and are");
        notes.push(format!("{what} kept, as one unknown word (the first is {})", set.name(at)?));
    }
    Ok(notes)
}
