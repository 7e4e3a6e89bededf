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
            Split::WhiteSpace => white_space(text, word),
        }
    }
}

/// Tells what stands between runs of white space. ASCII, as most texts are, is split byte by byte, in half the time.
pub(super) fn white_space(text: &str, word: impl FnMut(&str)) {
    // White space to Python and Unicode, and not to the standard library's ASCII.
    const VERTICAL_TAB: u8 = 0x0b;
    match text.is_ascii() && memchr::memchr(VERTICAL_TAB, text.as_bytes()).is_none() {
        true => text.split_ascii_whitespace().for_each(word),
        false => text.split_whitespace().for_each(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ascii_is_split_as_all_texts_are(text in "[\\x00-\\x7f]{0,40}|[ a\\x0b\u{a0}é\u{3000}]{0,12}") {
            let mut words = Vec::new();
            white_space(&text, |word| words.push(word.to_string()));
            prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
