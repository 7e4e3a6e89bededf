//! By which two texts are known to be the same.

use super::split::white_space;
use std::hash::{DefaultHasher, Hasher};

/// The same for texts that differ in white space and capitals only; 0 for one without anything else. Among ten million texts, one chance in
/// 300,000 makes two of the same sign that are not.
pub(super) fn sign(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut is_empty = true;
    let (mut buffer, mut filled) = ([0_u8; 256], 0);
    white_space(text, |word| {
        is_empty = false;
        for part in word.as_bytes().chunks(buffer.len() - 1) {
            if filled + part.len() + 1 > buffer.len() {
                hasher.write(&buffer[..filled]);
                filled = 0;
            }
            buffer[filled..filled + part.len()].copy_from_slice(part);
            buffer[filled..filled + part.len()].make_ascii_lowercase();
            filled += part.len();
        }
        if filled == buffer.len() {
            hasher.write(&buffer);
            filled = 0;
        }
        buffer[filled] = b' ';
        filled += 1;
    });
    hasher.write(&buffer[..filled]);
    if is_empty { 0 } else { hasher.finish().max(1) }
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
    }
}
