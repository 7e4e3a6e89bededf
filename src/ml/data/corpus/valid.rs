//! The validation set: some of the training reviews, on which an epoch is chosen, so that the test reviews say nothing until the end.

use super::draw::{Purpose, draw};
use crate::error::{Error, Result};
use crate::ml::data::Selection;
use crate::ml::data::listing::Listing;
use crate::ml::data::select::{Review, Shares};
use std::collections::HashSet;

/// Which of the training reviews make the validation set.
#[derive(Debug, Clone, PartialEq)]
pub enum Valid {
    /// None, even where the data set has one.
    Nothing,
    /// A share of those that are asked for, above 0 and below 1, drawn by the seed.
    Share(f64),
    /// So many of them, drawn by the seed.
    Count(usize),
    /// The reviews of these slices, whether they were asked for or not.
    Slices(Selection),
}

impl Valid {
    /// # Errors
    /// A number that is no share.
    pub fn share(share: f64) -> Result<Valid> {
        match share {
            0.0 => Ok(Valid::Nothing),
            share if share > 0.0 && share < 1.0 => Ok(Valid::Share(share)),
            _ => Err(Error::value(format!("valid is {share}: a share of the training reviews is above 0 and below 1"))),
        }
    }

    pub fn count(count: usize) -> Valid {
        if count > 0 { Valid::Count(count) } else { Valid::Nothing }
    }

    /// `0.1`, `200`, or slices such as `neg[900:1000] + pos[900:1000]`; an empty text says nothing.
    ///
    /// # Errors
    /// A text that is none of the three.
    pub fn parse(text: &str) -> Result<Option<Valid>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let (Ok(share), Err(_)) = (text.parse::<f64>(), text.parse::<usize>()) {
            return Valid::share(share).map(Some);
        }
        match Selection::parse(text).map_err(|e| e.within("valid"))? {
            Selection::None => Ok(Some(Valid::Nothing)),
            Selection::First(count) => Ok(Some(Valid::count(count))),
            Selection::All => Err(Error::value(
                "valid is \"all\", which leaves no review to learn from: it takes a share such as 0.1, a number, or slices",
            )),
            slices @ Selection::Slices(_) => match slices.splits("train").contains(&"test") {
                true => Err(Error::value(format!(
                    "valid is `{text}`: a validation set is taken from the training reviews, so that test reviews say nothing until the end"
                ))),
                false => Ok(Some(Valid::Slices(slices))),
            },
        }
    }

    /// The splits that this needs.
    pub(super) fn splits(&self) -> Vec<&'static str> {
        match self {
            Valid::Slices(slices) => slices.splits("train"),
            Valid::Nothing | Valid::Share(_) | Valid::Count(_) => Vec::new(),
        }
    }

    /// What is left of the training reviews `train`, of these classes, and the validation set; both in their order.
    ///
    /// # Errors
    /// A set that would be empty; slices beyond the end.
    pub(super) fn take<'a>(
        &self,
        train: Vec<Review>,
        class: impl Fn(Review) -> i64,
        split: impl Fn(&str) -> Result<&'a Listing>,
    ) -> Result<(Vec<Review>, Vec<Review>)> {
        let n = train.len();
        let count = match self {
            Valid::Nothing => return Ok((train, Vec::new())),
            Valid::Share(share) => (n as f64 * share).round() as usize,
            Valid::Count(count) => *count,
            Valid::Slices(slices) => {
                let chosen = slices.choose("train", Shares::Equal, split).map_err(|e| e.within("valid"))?;
                let theirs: HashSet<Review> = chosen.iter().copied().collect();
                let left: Vec<Review> = train.into_iter().filter(|review| !theirs.contains(review)).collect();
                return match left.is_empty() && n > 0 {
                    true => Err(Error::value(format!("valid takes all of the {n} training reviews"))),
                    false => Ok((left, chosen)),
                };
            }
        };
        if count == 0 || count >= n {
            let asked = match self {
                Valid::Share(share) => format!("a share of {share}"),
                _ => count.to_string(),
            };
            return Err(Error::value(format!(
                "valid: {asked} of the {n} training reviews leaves {} for training and {count} for validation; both need some",
                n.saturating_sub(count)
            )));
        }
        let classes: Vec<u32> = train.iter().map(|review| u32::try_from(class(*review)).unwrap_or(0)).collect();
        let drawn = draw(&classes, count, true, Purpose::Valid)?;
        let part = |own: bool| {
            train.iter().zip(&drawn).filter(|(_, drawn)| **drawn == own).map(|(review, _)| *review).collect()
        };
        let (left, valid): (Vec<Review>, Vec<Review>) = (part(false), part(true));
        if matches!(self, Valid::Count(_)) && valid.len() < count {
            let most = valid.len();
            return Err(Error::value(format!(
                "valid: {count} of the {n} training reviews would leave a class without any: {most} can be taken"
            )));
        }
        match valid.is_empty() {
            true => Err(Error::value(format!("valid: of {n} training reviews no class has one to spare"))),
            false => Ok((left, valid)),
        }
    }
}
