//! Distinct words, each held once: word → number and number → word.

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// Words numbered from 0 in the order in which they came. They stand one behind the other in one text, and the table of their
/// numbers holds no words: a word takes its letters and some 15 bytes.
#[derive(Debug, Clone, Default)]
pub struct WordList {
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl WordList {
    /// The number of `word`, which is put behind the others if it is not there.
    pub fn add(&mut self, word: &str) -> u32 {
        let WordList { text, ends, numbers, hasher } = self;
        let hash = hasher.hash_one(word.as_bytes());
        let same = |at: &u32| letters(text, ends, *at as usize) == word.as_bytes();
        match numbers.entry(hash, same, |at| hasher.hash_one(letters(text, ends, *at as usize))) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let next = ends.len() as u32;
                entry.insert(next);
                text.push_str(word);
                ends.push(text.len());
                next
            }
        }
    }

    /// The number of `word`, where it is there.
    pub fn number(&self, word: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(word.as_bytes());
        let same = |at: &u32| letters(&self.text, &self.ends, *at as usize) == word.as_bytes();
        self.numbers.find(hash, same).map(|at| *at as usize)
    }

    /// The word of this number.
    pub fn word(&self, number: usize) -> Option<&str> {
        (number < self.len()).then(|| &self.text[start(&self.ends, number)..self.ends[number]])
    }

    /// All words by their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|at| &self.text[start(&self.ends, at)..self.ends[at]])
    }

    /// The letters of all words, one behind the other.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl PartialEq for WordList {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

impl Eq for WordList {}

impl<'a> FromIterator<&'a str> for WordList {
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        let mut list = WordList::default();
        words.into_iter().for_each(|word| _ = list.add(word));
        list
    }
}

fn start(ends: &[usize], number: usize) -> usize {
    if number == 0 { 0 } else { ends[number - 1] }
}

fn letters<'a>(text: &'a str, ends: &[usize], number: usize) -> &'a [u8] {
    &text.as_bytes()[start(ends, number)..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn words_are_numbered_as_a_map_and_a_list_of_them_would(words in prop::collection::vec("[ab]{0,4}|é.", 0..300)) {
            let (mut list, mut map, mut order) = (WordList::default(), HashMap::new(), Vec::new());
            for word in &words {
                let next = map.len();
                let number = *map.entry(word).or_insert_with(|| { order.push(word.as_str()); next });
                prop_assert_eq!(list.add(word) as usize, number);
            }
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), order.clone());
            for (i, word) in order.iter().enumerate() {
                prop_assert_eq!((list.number(word), list.word(i)), (Some(i), Some(*word)));
            }
            prop_assert_eq!((list.number("abc d"), list.word(order.len())), (None, None));
            prop_assert_eq!(&order.iter().copied().collect::<WordList>(), &list);
        }
    }
}
