//! Where a text's words end.

/// Where a text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// At each single space, as Python's `text.split(" ")`: a space at either end, or two in a row, give an empty word,
    /// and an empty text gives one. This is what the lab does.
    Spaces,
    /// At runs of white space, as Python's `text.split()`: no word is empty, and an empty text has none.
    WhiteSpace,
}

impl Split {
    /// Tells the words of a text.
    pub(super) fn words(self, text: &str, word: impl FnMut(&str)) {
        match self {
            Split::Spaces => text.split(' ').for_each(word),
            Split::WhiteSpace => text.split_whitespace().for_each(word),
        }
    }
}
