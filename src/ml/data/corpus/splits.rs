//! What the selections choose from.

use crate::error::Result;
use crate::ml::data::listing::{Listing, ReadSet};
use crate::ml::data::select::{Review, SETS};
use std::collections::BTreeMap;

/// The listings of a corpus, by the names of its splits.
pub(super) struct Splits {
    pub listings: BTreeMap<&'static str, Listing>,
    pub classes: Vec<String>,
    pub notes: Vec<String>,
}

impl Splits {
    fn listing(&self, review: Review) -> Option<&Listing> {
        self.listings.get(SETS.get(review.split as usize)?)
    }

    pub fn class(&self, review: Review) -> i64 {
        self.listing(review).map_or(0, |listing| listing.class(review.row))
    }

    /// All reviews of a set; none where there is no such set.
    pub fn all(&self, set: &str) -> Vec<Review> {
        Review::of(set, 0..self.listings.get(set).map_or(0, Listing::len) as u32)
    }

    /// Reads the reviews that were chosen.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, chosen: &[Review]) -> Result<ReadSet> {
        let mut all = ReadSet::default();
        for run in chosen.chunk_by(|a, b| a.split == b.split) {
            let rows: Vec<u32> = run.iter().map(|review| review.row).collect();
            if let Some(listing) = self.listing(run[0]) {
                all = all.followed_by(listing.read(&rows)?)?;
            }
        }
        Ok(all)
    }

    /// Of each of these reviews, whether it is among `others`.
    pub fn among(&self, reviews: &[Review], others: &[Review]) -> Vec<bool> {
        let mut marks: Vec<Vec<bool>> =
            SETS.map(|name| vec![false; self.listings.get(name).map_or(0, Listing::len)]).into();
        others.iter().for_each(|review| marks[review.split as usize][review.row as usize] = true);
        reviews.iter().map(|review| marks[review.split as usize][review.row as usize]).collect()
    }
}
