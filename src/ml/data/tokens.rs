//! Texts split into words, held compactly: each distinct word once, and a number a word of text.

use super::word_numbers::WordNumbers;
use super::{Split, Texts, WordList};
use crate::error::Result;
use crate::{interrupt, memory};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// The words of texts. 25,000 reviews take 6 million numbers of four bytes and 100,000 words.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The distinct words, in the order in which they come first.
    words: Arc<WordList>,
    /// How often each of them occurs.
    counts: Vec<usize>,
    numbers: WordNumbers,
}

impl Tokens {
    /// Cleans and splits every text, and counts the words. The result does not depend on the number of threads. Texts that are read from
    /// a file, and have more words than there is memory for their numbers, are split once more whenever a row of them is asked for.
    ///
    /// # Errors
    /// The user asked to stop; a cleaned text that memory has no room for; a file that can no longer be read.
    pub fn split(texts: &Texts, at: Split) -> Result<Tokens> {
        // A few shares a thread: each has its own list of words, and to bring these together is the part that one thread does.
        let share = texts.len().div_ceil(4 * rayon::current_num_threads()).max(64);
        let keeps = memory::has_room(2 * size_of_numbers(texts.unheld()));
        let shares: Vec<usize> = (0..texts.len()).step_by(share).collect();
        let shares = shares.into_par_iter().map(|from| Share::split(texts, from..from + share, at, keeps));
        let mut shares = shares.collect::<Result<Vec<Share>>>()?;
        let (mut words, mut counts) = (WordList::default(), Vec::new());
        let places: Vec<Vec<u32>> = shares.iter().map(|share| share.add_words(&mut words, &mut counts)).collect();
        shares.par_iter_mut().zip(places).for_each(|(share, places)| {
            share.numbers.iter_mut().for_each(|number| *number = places[*number as usize]);
        });
        let lengths = shares.iter().flat_map(|share| share.lengths.iter().copied()).collect();
        let words = Arc::new(words);
        let numbers = match keeps {
            true => WordNumbers::kept(shares.into_iter().map(|share| share.numbers).collect(), share, lengths),
            false => WordNumbers::again(texts.clone(), at, words.clone(), lengths),
        };
        Ok(Tokens { words, counts, numbers })
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The distinct words, in the order in which they come first.
    pub fn distinct(&self) -> &WordList {
        &self.words
    }

    /// How often each of [`Self::distinct`] occurs.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// The number of words of each text.
    pub fn lengths(&self) -> Vec<i64> {
        (0..self.len()).map(|row| self.numbers.length(row) as i64).collect()
    }

    /// The words of one text; none where `row` is beyond the end.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub fn words(&self, row: usize) -> Result<Vec<&str>> {
        Ok(self.numbers.row(row)?.iter().filter_map(|number| self.words.word(*number as usize)).collect())
    }

    /// The words of the texts as numbers in [`Self::distinct`].
    pub(super) fn numbers(&self) -> &WordNumbers {
        &self.numbers
    }
}

/// The words of some of the texts, by one thread.
#[derive(Default)]
struct Share {
    words: WordList,
    counts: Vec<usize>,
    numbers: Vec<u32>,
    lengths: Vec<u32>,
}

impl Share {
    fn split(texts: &Texts, rows: Range<usize>, at: Split, keeps: bool) -> Result<Share> {
        let mut share = Share::default();
        texts.each(rows, |text| {
            interrupt::check()?;
            let mut length = 0;
            at.words(&text, |word| {
                let number = share.words.add(word);
                count(&mut share.counts, number, 1);
                length += 1;
                if keeps {
                    share.numbers.push(number);
                }
            });
            share.lengths.push(length);
            Ok(())
        })?;
        share.numbers.shrink_to_fit();
        Ok(share)
    }

    /// Adds its distinct words to those of all, and gives the number there of each.
    fn add_words(&self, words: &mut WordList, counts: &mut Vec<usize>) -> Vec<u32> {
        let own = self.words.iter().zip(&self.counts);
        own.map(|(word, times)| {
            let number = words.add(word);
            count(counts, number, *times);
            number
        })
        .collect()
    }
}

fn count(counts: &mut Vec<usize>, number: u32, times: usize) {
    match counts.get_mut(number as usize) {
        Some(count) => *count += times,
        None => counts.push(times),
    }
}

/// Four bytes for a word, of six letters with the space behind it.
fn size_of_numbers(letters: u64) -> u64 {
    letters / 6 * 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str, at: Split) -> Vec<String> {
        let tokens = Tokens::split(&Texts::new([text]), at).unwrap();
        tokens.words(0).unwrap().into_iter().map(str::to_string).collect()
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
            let tokens = Tokens::split(&Texts::new(texts.clone()), Split::Spaces).unwrap();
            prop_assert_eq!(tokens.len(), texts.len());
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(&tokens.words(row).unwrap().join(" "), text);
            }
            prop_assert_eq!(tokens.counts().iter().sum::<usize>() as i64, tokens.lengths().iter().sum::<i64>());
        }

        #[test]
        fn all_threads_together_find_what_one_finds(texts in prop::collection::vec("[a-cA-Cé ,.]{0,12}", 0..600)) {
            let clean = Texts::new(texts.clone()).lower_case().replace("[,.]+", " ").unwrap();
            let tokens = Tokens::split(&clean, Split::WhiteSpace).unwrap();
            let (mut words, mut counts) = (Vec::new(), Vec::new());
            for (row, text) in texts.iter().enumerate() {
                let text = text.to_lowercase().replace([',', '.'], " ");
                let expected: Vec<&str> = text.split_whitespace().collect();
                prop_assert_eq!(&tokens.words(row).unwrap(), &expected);
                for word in expected {
                    match words.iter().position(|w| w == word) {
                        Some(at) => counts[at] += 1,
                        None => {
                            words.push(word.to_string());
                            counts.push(1);
                        }
                    }
                }
            }
            prop_assert_eq!(tokens.distinct().iter().collect::<Vec<_>>(), words);
            prop_assert_eq!(tokens.counts(), counts);
        }
    }
}
