//! Texts split into words, held compactly: each distinct word once, and a number a word of text.

use super::Texts;
use rayon::prelude::*;
use std::collections::HashMap;

/// Where a text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// At each single space, as Python's `text.split(" ")`: a space at either end, or two in a row, give an empty word,
    /// and an empty text gives one. This is what the lab does.
    Spaces,
    /// At runs of white space, as Python's `text.split()`: no word is empty, and an empty text has none.
    WhiteSpace,
}

/// The words of texts. 25,000 reviews take 6 million numbers of four bytes and 100,000 words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The distinct words, in the order in which they come first.
    words: Vec<String>,
    /// The words of all texts, one behind the other, as places in `words`.
    ids: Vec<u32>,
    /// Where each text ends in `ids`.
    ends: Vec<usize>,
}

/// One thread's share: words are borrowed from the texts, numbered within the share.
#[derive(Default)]
struct Share<'a> {
    words: Vec<&'a str>,
    ids: Vec<u32>,
    lengths: Vec<usize>,
}

impl Tokens {
    /// Splits every text. The result does not depend on the number of threads.
    pub fn split(texts: &Texts, at: Split) -> Tokens {
        let shares: Vec<Share> = texts.0.par_chunks(256).map(|texts| Share::new(texts, at)).collect();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut tokens = Tokens::default();
        for share in &shares {
            let numbers: Vec<u32> = share
                .words
                .iter()
                .map(|word| {
                    *numbers.entry(word).or_insert_with(|| {
                        tokens.words.push(word.to_string());
                        (tokens.words.len() - 1) as u32
                    })
                })
                .collect();
            tokens.ids.extend(share.ids.iter().map(|id| numbers[*id as usize]));
            for length in &share.lengths {
                tokens.ends.push(tokens.ends.last().unwrap_or(&0) + length);
            }
        }
        tokens
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The distinct words, in the order in which they come first.
    pub fn distinct(&self) -> &[String] {
        &self.words
    }

    /// How often each of [`Self::distinct`] occurs.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.words.len()];
        self.ids.iter().for_each(|id| counts[*id as usize] += 1);
        counts
    }

    /// The number of words of each text.
    pub fn lengths(&self) -> Vec<i64> {
        (0..self.len()).map(|row| self.ids(row).len() as i64).collect()
    }

    /// The words of one text; none where `row` is beyond the end.
    pub fn words(&self, row: usize) -> Vec<&str> {
        self.ids(row).iter().map(|id| self.words[*id as usize].as_str()).collect()
    }

    /// The words of one text as places in [`Self::distinct`].
    pub(super) fn ids(&self, row: usize) -> &[u32] {
        let Some(end) = self.ends.get(row) else { return &[] };
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.ids[start..*end]
    }
}

impl<'a> Share<'a> {
    fn new(texts: &'a [String], at: Split) -> Self {
        let mut share = Share::default();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for text in texts {
            let before = share.ids.len();
            match at {
                Split::Spaces => text.split(' ').for_each(|word| share.push(word, &mut numbers)),
                Split::WhiteSpace => text.split_whitespace().for_each(|word| share.push(word, &mut numbers)),
            }
            share.lengths.push(share.ids.len() - before);
        }
        share
    }

    fn push(&mut self, word: &'a str, numbers: &mut HashMap<&'a str, u32>) {
        let next = self.words.len() as u32;
        let id = *numbers.entry(word).or_insert(next);
        if id == next {
            self.words.push(word);
        }
        self.ids.push(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str, at: Split) -> Vec<String> {
        let tokens = Tokens::split(&Texts(vec![text.to_string()]), at);
        tokens.words(0).into_iter().map(str::to_string).collect()
    }

    // >>> " a  b ".split(" "), "".split(" "), "a\tb".split(" ")
    // (['', 'a', '', 'b', ''], [''], ['a\tb'])
    // >>> " a  b ".split(), "".split(), "a\tb".split()
    // (['a', 'b'], [], ['a', 'b'])
    #[test]
    fn both_ways_of_splitting_are_pythons() {
        assert_eq!(split(" a  b ", Split::Spaces), ["", "a", "", "b", ""]);
        assert_eq!(split("", Split::Spaces), [""]);
        assert_eq!(split("a\tb", Split::Spaces), ["a\tb"]);
        assert_eq!(split(" a  b ", Split::WhiteSpace), ["a", "b"]);
        assert_eq!(split("", Split::WhiteSpace), [""; 0]);
        assert_eq!(split("a\tb", Split::WhiteSpace), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn words_joined_by_spaces_are_the_text_again(texts in prop::collection::vec("[a-c ]{0,12}", 0..600)) {
            let tokens = Tokens::split(&Texts(texts.clone()), Split::Spaces);
            prop_assert_eq!(tokens.len(), texts.len());
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(&tokens.words(row).join(" "), text);
            }
            prop_assert_eq!(tokens.counts().iter().sum::<usize>() as i64, tokens.lengths().iter().sum::<i64>());
        }
    }
}
