//! Words and their indices, in torchtext's order.

use super::special::{SPECIAL, UNK};
use super::{Encoded, Tokens, WordList};
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::cmp::Reverse;

/// Which of the counted words become part of a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VocabularyOptions {
    /// Words that occur less often are left out.
    pub min_count: usize,
    /// At most this many words, `<unk>` and `<pad>` not counted.
    pub max_size: Option<usize>,
}

impl Default for VocabularyOptions {
    fn default() -> Self {
        VocabularyOptions { min_count: 1, max_size: None }
    }
}

/// Word → index and index → word: `<unk>` 0, `<pad>` 1, then by falling count, ties in alphabetical order (of code
/// points), as torchtext 0.6 numbers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    words: WordList,
}

impl Vocabulary {
    /// Counts the words of the training texts.
    ///
    /// # Errors
    /// Not one word.
    pub fn new(tokens: &Tokens, options: VocabularyOptions) -> Result<Vocabulary> {
        let room = options.max_size.unwrap_or(usize::MAX);
        let counted = by_count(tokens).filter(|(word, _)| !SPECIAL.contains(word));
        let frequent = counted.take_while(|(_, count)| *count >= options.min_count).take(room);
        let words: WordList = SPECIAL.into_iter().chain(frequent.map(|(word, _)| word)).collect();
        if words.len() == SPECIAL.len() {
            return Err(Error::data(format!(
                "vocabulary: no word is left of {} texts with {} distinct words (min_count {}, max_size {})",
                tokens.len(),
                tokens.distinct().len(),
                options.min_count,
                options.max_size.map_or("none".to_string(), |n| n.to_string()),
            )));
        }
        Ok(Vocabulary { words })
    }

    /// The vocabulary whose words stand in the order of their indices, as [`Self::words`] gives them.
    ///
    /// # Errors
    /// Words that do not begin with `<unk>` and `<pad>`, none behind them, or one that stands twice.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vocabulary> {
        let mut list = WordList::default();
        for (i, word) in words.into_iter().enumerate() {
            if list.add(word) as usize != i {
                return Err(Error::data(format!("vocabulary: `{word}`, word {i}, stands twice")));
            }
        }
        if list.len() <= SPECIAL.len() || !list.iter().zip(SPECIAL).all(|(word, special)| word == special) {
            return Err(Error::data("vocabulary: expected <unk>, <pad>, and at least one word behind them"));
        }
        Ok(Vocabulary { words: list })
    }

    /// This vocabulary with those words of `tokens` behind it that it does not have and that are `wanted`, by falling count.
    /// Meant for test texts and words that have vectors: they come to be read by the vectors that they had before any training,
    /// while what was counted in the training texts, and every index from it, stays as it is.
    pub fn extended(&self, tokens: &Tokens, wanted: impl Fn(&str) -> bool) -> Vocabulary {
        let mut wider = self.clone();
        for (word, _) in by_count(tokens).filter(|(word, _)| wanted(word)) {
            wider.words.add(word);
        }
        wider
    }

    /// Number of indices, `<unk>` and `<pad>` included.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Never, since `<unk>` and `<pad>` are always there.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn index(&self, word: &str) -> Option<usize> {
        self.words.number(word)
    }

    pub fn word(&self, index: usize) -> Option<&str> {
        self.words.word(index)
    }

    /// All words, in the order of their indices.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        self.words.iter()
    }

    /// The indices of each text's words, cut at the end to `max_len`; unknown words become [`UNK`]. A text without
    /// words becomes one `<unk>`, so that every row has a position that a recurrent layer can read.
    ///
    /// # Errors
    /// A `max_len` of 0.
    pub fn encode(&self, tokens: &Tokens, max_len: usize) -> Result<Encoded> {
        let distinct = tokens.distinct();
        let index = |number| distinct.word(number).and_then(|word| self.index(word)).unwrap_or(UNK) as i32;
        let indices: Vec<i32> = (0..distinct.len()).into_par_iter().map(index).collect();
        Encoded::of_words(tokens.numbers(), indices, max_len, self.len())
    }

    /// The words of `indices`.
    ///
    /// # Errors
    /// An index that the vocabulary does not have.
    pub fn decode(&self, indices: &[i64]) -> Result<Vec<&str>> {
        let word = |i: &i64| usize::try_from(*i).ok().and_then(|i| self.word(i));
        indices
            .iter()
            .map(|i| {
                word(i).ok_or_else(|| Error::value(format!("decode: no word has index {i} (0 to {})", self.len() - 1)))
            })
            .collect()
    }
}

/// Distinct words with their counts, by falling count, ties in alphabetical order.
fn by_count(tokens: &Tokens) -> impl Iterator<Item = (&str, usize)> {
    let mut words: Vec<(&str, usize)> = tokens.distinct().iter().zip(tokens.counts().iter().copied()).collect();
    words.par_sort_unstable_by_key(|(word, count)| (Reverse(*count), *word));
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::{Split, Texts, WordVectors};
    use proptest::prelude::*;

    fn tokens(texts: &[&str]) -> Tokens {
        Tokens::split(&Texts::new(texts.iter().copied()), Split::WhiteSpace).unwrap()
    }

    fn words(v: &Vocabulary) -> Vec<&str> {
        v.words().collect()
    }

    // torchtext 0.6 sorts so, and puts its special words in front:
    // >>> words = sorted(Counter("the film the plot a film a the Z é".split()).items(), key=lambda t: t[0])
    // >>> words.sort(key=lambda t: t[1], reverse=True)
    // >>> [word for word, _ in words]
    // ['the', 'a', 'film', 'Z', 'plot', 'é']
    #[test]
    fn the_order_is_torchtexts() {
        let t = tokens(&["the film the plot", "a film a the Z é"]);
        let v = Vocabulary::new(&t, VocabularyOptions::default()).unwrap();
        assert_eq!(words(&v), ["<unk>", "<pad>", "the", "a", "film", "Z", "plot", "é"]);
        let v = Vocabulary::new(&t, VocabularyOptions { min_count: 2, max_size: Some(2) }).unwrap();
        assert_eq!(words(&v), ["<unk>", "<pad>", "the", "a"]);
    }

    #[test]
    fn special_words_in_a_text_do_not_count_twice() {
        let v = Vocabulary::new(&tokens(&["<pad> <unk> a <pad>"]), VocabularyOptions::default()).unwrap();
        assert_eq!(words(&v), ["<unk>", "<pad>", "a"]);
    }

    #[test]
    fn only_words_with_vectors_are_added_and_all_others_stay_where_they_are() {
        let v = Vocabulary::new(&tokens(&["b a b"]), VocabularyOptions::default()).unwrap();
        let vectors = WordVectors::new("test", 1, [("d".to_string(), [1.0]), ("c".to_string(), [2.0])]).unwrap();
        let wider = v.extended(&tokens(&["a c d c x"]), |word| vectors.contains(word));
        assert_eq!(words(&wider), ["<unk>", "<pad>", "b", "a", "c", "d"]);
        assert_eq!(words(&v), ["<unk>", "<pad>", "b", "a"]);
    }

    #[test]
    fn a_long_text_is_cut_at_its_end_and_an_empty_one_becomes_unknown() {
        let v = Vocabulary::new(&tokens(&["b a b"]), VocabularyOptions::default()).unwrap();
        let e = v.encode(&tokens(&["a b x a", ""]), 3).unwrap();
        assert_eq!((&*e.row(0).unwrap(), &*e.row(1).unwrap()), (&[3, 2, 0][..], &[0][..]));
        assert!(v.encode(&tokens(&["a"]), 0).is_err());
        assert!(Vocabulary::new(&tokens(&[""]), VocabularyOptions::default()).is_err());
        assert_eq!(v.decode(&[9]).unwrap_err().message, "decode: no word has index 9 (0 to 3)");
    }

    #[test]
    fn a_vocabulary_comes_back_from_its_words() {
        let v = Vocabulary::new(&tokens(&["b a b"]), VocabularyOptions::default()).unwrap();
        assert_eq!(Vocabulary::of_words(v.words()).unwrap(), v);
        for wrong in [&["a", "b"][..], &["<unk>", "<pad>"], &["<unk>", "<pad>", "a", "a"]] {
            assert!(Vocabulary::of_words(wrong.iter().copied()).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn words_come_by_falling_count_and_then_by_the_alphabet(texts in prop::collection::vec("[a-d]{1,2}( [a-d]{1,2}){0,8}", 1..40)) {
            let t = tokens(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let v = Vocabulary::new(&t, VocabularyOptions::default()).unwrap();
            let mut counts = std::collections::BTreeMap::new();
            texts.iter().flat_map(|text| text.split(' ')).for_each(|word| *counts.entry(word).or_insert(0) += 1);
            let mut order: Vec<(&str, i32)> = counts.into_iter().collect();
            order.sort_by_key(|(_, count)| -count); // stable: ties stay in the alphabet's order
            prop_assert!(v.words().skip(2).eq(order.iter().map(|(word, _)| *word)));
        }

        #[test]
        fn decoding_undoes_encoding(texts in prop::collection::vec("[a-e]{1,2}( [a-e]{1,2}){0,8}", 1..20)) {
            let t = tokens(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let v = Vocabulary::new(&t, VocabularyOptions::default()).unwrap();
            let e = v.encode(&t, 100).unwrap();
            for (row, text) in texts.iter().enumerate() {
                let ids: Vec<i64> = e.row(row).unwrap().iter().map(|i| i64::from(*i)).collect();
                prop_assert_eq!(&v.decode(&ids).unwrap().join(" "), text);
            }
        }
    }
}
