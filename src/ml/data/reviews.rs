//! Reviews, and what they think of their films.

use super::Texts;
use crate::error::{Error, Result};
use std::ops::Range;

/// What a review thinks of its film: the name of its folder, and its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Neg,
    Pos,
}

impl Label {
    /// `"neg"` or `"pos"`.
    ///
    /// # Errors
    /// Another word.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "neg" => Ok(Label::Neg),
            "pos" => Ok(Label::Pos),
            "unsup" => {
                Err(Error::value("the reviews of `unsup` have no label, so that nothing can be learned from them"))
            }
            _ => Err(Error::unknown(crate::error::ErrorKind::Value, "label", name, &["neg", "pos"])),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Label::Neg => "neg",
            Label::Pos => "pos",
        }
    }

    /// 0 for negative, 1 for positive.
    pub fn class(self) -> i64 {
        match self {
            Label::Neg => 0,
            Label::Pos => 1,
        }
    }
}

/// Reviews with what is known of each; the lists have the same length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviews {
    pub texts: Texts,
    /// The class of each, from 0; of two classes 0 is negative and 1 positive.
    pub labels: Vec<i64>,
    /// Stars, 1 to 10; 0 where they are unknown, as in one's own tables.
    pub ratings: Vec<i64>,
    /// The number in the file's name; of a table's row its line.
    pub ids: Vec<i64>,
    /// Where each is from: `test/neg/12_3.txt`, `mine.csv:17`.
    pub names: Texts,
    /// How many U+FFFD stand in the texts in place of bytes that were not UTF-8.
    pub replaced: usize,
}

impl Reviews {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// These reviews, and behind them those of `other`.
    ///
    /// # Errors
    /// Those of [`Texts::followed_by`].
    pub fn followed_by(&self, other: &Reviews) -> Result<Reviews> {
        let mut all = Reviews {
            texts: self.texts.followed_by(&other.texts)?,
            names: self.names.followed_by(&other.names)?,
            ..self.clone()
        };
        all.labels.extend_from_slice(&other.labels);
        all.ratings.extend_from_slice(&other.ratings);
        all.ids.extend_from_slice(&other.ids);
        all.replaced += other.replaced;
        Ok(all)
    }
}

/// The part of `0..len` that was asked for.
///
/// # Errors
/// An empty range or one beyond the end; `place` is where the reviews are.
pub(super) fn checked(range: Option<Range<usize>>, len: usize, place: &str) -> Result<Range<usize>> {
    let range = range.unwrap_or(0..len);
    if range.end > len {
        return Err(Error::value(format!(
            "reviews {range:?} of {place}: there are {len}, so the range may end at {len}"
        )));
    }
    if range.is_empty() {
        return Err(Error::value(format!("reviews {range:?} of {place}: the range is empty (there are {len})")));
    }
    Ok(range)
}
