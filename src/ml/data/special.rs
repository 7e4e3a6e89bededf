//! The words that every vocabulary begins with.

/// The index of words that the vocabulary does not have.
pub const UNK: usize = 0;
/// The index that fills up shorter rows.
pub const PAD: usize = 1;

/// In the order of their indices.
pub(super) const SPECIAL: [&str; 2] = ["<unk>", "<pad>"];
