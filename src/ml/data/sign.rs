//! By which two texts are known to be the same.

use std::hash::{DefaultHasher, Hasher};

/// So much of a text is looked at at a time.
const PART: usize = 256;

/// The same for texts that differ in white space and capitals only; 0 for one without anything else. Among ten million texts, one chance in
/// 300,000 makes two of the same sign that are not.
pub(super) fn sign(text: &str) -> u64 {
    let mut words = Words { hasher: DefaultHasher::new(), is_empty: true, is_between: true };
    let mut rest = text;
    while !rest.is_empty() {
        let part = &rest.as_bytes()[..rest.len().min(PART)];
        let length = if part.is_ascii() { words.ascii(part) } else { words.any(rest) };
        rest = &rest[length..];
    }
    words.sign()
}

/// What is hashed: small letters, and one space behind each word.
struct Words {
    hasher: DefaultHasher,
    is_empty: bool,
    /// Whether white space was the last, which more of it adds nothing to.
    is_between: bool,
}

impl Words {
    /// Takes a part without a branch for each byte, and gives its length.
    fn ascii(&mut self, part: &[u8]) -> usize {
        let (mut kept, mut count, mut is_between) = ([0; PART], 0, self.is_between);
        for byte in part {
            let is_space = matches!(byte, b' ' | 9..=13);
            kept[count] = if is_space { b' ' } else { byte.to_ascii_lowercase() };
            count += usize::from(!(is_space && is_between));
            is_between = is_space;
        }
        self.is_between = is_between;
        self.add(&kept[..count]);
        part.len()
    }

    /// Takes some characters, and gives their length in bytes.
    fn any(&mut self, text: &str) -> usize {
        let mut length = 0;
        for sign in text.chars() {
            if length >= PART {
                break;
            }
            length += sign.len_utf8();
            match (sign.is_whitespace(), self.is_between) {
                (true, true) => {}
                (true, false) => self.add(b" "),
                (false, _) => self.add(sign.to_ascii_lowercase().encode_utf8(&mut [0; 4]).as_bytes()),
            }
            self.is_between = sign.is_whitespace();
        }
        length
    }

    fn add(&mut self, bytes: &[u8]) {
        self.is_empty &= bytes.is_empty();
        self.hasher.write(bytes);
    }

    fn sign(mut self) -> u64 {
        if !self.is_between {
            self.add(b" ");
        }
        if self.is_empty { 0 } else { self.hasher.finish().max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn white_space_and_capitals_do_not_count() {
        assert_eq!(sign(" A\u{a0}fine\n film "), sign("a FINE  film"));
        assert_ne!(sign("a fine film"), sign("afine film"));
        assert_eq!((sign(""), sign(" \n\t")), (0, 0));
        let long = "x".repeat(1000);
        assert_eq!(sign(&format!("{long}  {long}")), sign(&format!("{long}\n{long} ")));
        assert_ne!(sign(&format!("{long} {long}")), sign(&format!("{long}{long}")));
    }

    proptest! {
        // Wherever the words come to lie in what is taken at a time.
        #[test]
        fn a_sign_is_that_of_the_words_alone(words in prop::collection::vec("[a-cé]{1,90}", 1..12)) {
            let spaced = words.iter().map(|word| word.to_ascii_uppercase()).collect::<Vec<_>>().join("\n\n");
            prop_assert_eq!(sign(&spaced), sign(&words.join(" ")));
            prop_assert!(words.len() == 1 || sign(&words.concat()) != sign(&words.join(" ")));
        }

        // Whichever characters stand beside which.
        #[test]
        fn a_sign_is_that_of_the_words_as_they_are_split(text in "[aZ é\u{a0}\u{2003}\t電]{0,600}") {
            let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
            prop_assert_eq!(sign(&text), sign(&words.join(" ")));
            prop_assert_eq!(sign(&text) == 0, words.is_empty());
        }
    }
}
