//! What of a text does not reach a network.

/// Of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Its words or tokens beyond the limit.
    pub cut: u32,
    /// None of those that are left is known: each is the unknown one, or has no vector.
    pub unknown: bool,
}
