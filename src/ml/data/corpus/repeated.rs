//! Texts that stand in a set twice, or in two sets.

use super::{Overlap, Source};
use crate::error::{Error, Result};
use crate::ml::data::Reviews;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

/// Of the test reviews, so many may be in the training set without being asked for: aclImdb has 0.5 %.
const ALLOWED: f64 = 0.01;

/// Says which training reviews have the text of another, and how many test reviews have that of a training review. White space and capitals do not count; empty texts say
/// nothing.
///
/// # Errors
/// A hundredth of the test reviews or more, which a network has learned with their labels.
pub(super) fn repeated(
    source: &Source,
    train: Option<&Reviews>,
    test: Option<&Reviews>,
    overlap: Overlap,
) -> Result<Vec<String>> {
    let Some(train) = train else { return Ok(Vec::new()) };
    let mut notes = Vec::new();
    let mut seen: HashMap<u128, &str> = HashMap::with_capacity(train.len());
    let mut twice = Vec::new();
    for (text, name) in of(train) {
        match seen.get(&text) {
            Some(first) => twice.push((*first, name)),
            None => {
                seen.insert(text, name);
            }
        }
    }
    // Of the sample that is known, and would be said in every run.
    if let Some((first, second)) = twice.first().filter(|_| *source != Source::Sample) {
        let what = match twice.len() {
            1 => "1 training review has the text".to_string(),
            count => format!("{count} training reviews have the text"),
        };
        notes.push(format!("{what} of another ({second} that of {first})"));
    }
    // A review that was asked for in both sets is said as that.
    let own: HashSet<&str> = test.iter().flat_map(|_| &train.names).map(String::as_str).collect();
    let other = test.into_iter().flat_map(of).filter(|(_, name)| !own.contains(name));
    let both: Vec<(&str, &str)> = other.filter_map(|(text, name)| Some((name, *seen.get(&text)?))).collect();
    if let (Some((name, first)), Some(test)) = (both.first(), test) {
        let share = both.len() as f64 / test.len() as f64;
        let have = if both.len() == 1 { "has" } else { "have" };
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
    Ok(notes)
}

/// A sign for each text, and what its review is called.
fn of(reviews: &Reviews) -> impl Iterator<Item = (u128, &str)> {
    let signs: Vec<Option<u128>> = reviews.texts.raw().par_iter().map(|text| sign(text)).collect();
    signs.into_iter().zip(&reviews.names).filter_map(|(sign, name)| Some((sign?, name.as_str())))
}

/// The same for texts that differ in white space and capitals only; none of an empty text. 128 bits: that two of a thousand million texts had the same by chance would be a wonder.
fn sign(text: &str) -> Option<u128> {
    let mut sign: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut is_empty = true;
    for word in text.split_whitespace() {
        is_empty = false;
        for byte in word.bytes().map(|byte| byte.to_ascii_lowercase()).chain([b' ']) {
            // FNV-1a (Fowler, Noll, Vo).
            sign = (sign ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
    (!is_empty).then_some(sign)
}
