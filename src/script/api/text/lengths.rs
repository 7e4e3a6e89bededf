//! How long texts are, as a script sees it.

use crate::ml::data::LengthAccount;
use rhai::{Dynamic, Map};

/// `#{ min, q25, median, q75, q95, max, mean, empty, cut, share_cut }` of so many texts.
pub(crate) fn account_map(account: LengthAccount, texts: usize) -> Map {
    let LengthAccount { min, q25, median, q75, q95, max, mean, empty, cut } = account;
    let share = cut as f64 / texts.max(1) as f64;
    let floats = [("q25", q25), ("median", median), ("q75", q75), ("q95", q95), ("mean", mean), ("share_cut", share)];
    let integers = [("min", min), ("max", max), ("empty", empty), ("cut", cut)];
    let floats = floats.into_iter().map(|(name, value)| (name.into(), Dynamic::from(value)));
    floats.chain(integers.into_iter().map(|(name, value)| (name.into(), Dynamic::from(value)))).collect()
}
