//! What the selections choose from.

use crate::ml::data::listing::Listing;
use std::collections::BTreeMap;

/// The listings of a corpus, by the names of its splits.
pub(super) struct Splits {
    pub listings: BTreeMap<&'static str, Listing>,
    pub classes: Vec<String>,
    pub notes: Vec<String>,
}
