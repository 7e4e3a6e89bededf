//! The words of texts as numbers, row by row: kept, or found once more by splitting the text.

use super::{Split, Texts, WordList};
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::sync::Arc;

/// A number for each word of each text. Copies share them.
#[derive(Debug, Clone, Default)]
pub(super) struct WordNumbers {
    /// How many words each text has.
    lengths: Arc<[u32]>,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Kept(Arc<Kept>),
    /// Texts that are read from a file, and would take too much memory.
    Again {
        texts: Texts,
        at: Split,
        words: Arc<WordList>,
    },
}

#[derive(Debug, Default)]
struct Kept {
    /// Of so many rows each, but for the last.
    parts: Vec<Vec<u32>>,
    rows: usize,
    /// Where each row ends in its part.
    ends: Vec<usize>,
}

impl Default for Source {
    fn default() -> Self {
        Source::Kept(Arc::new(Kept::default()))
    }
}

impl WordNumbers {
    /// Of parts of `rows` rows each.
    pub fn kept(parts: Vec<Vec<u32>>, rows: usize, lengths: Arc<[u32]>) -> WordNumbers {
        let mut ends = Vec::with_capacity(lengths.len());
        for of_part in lengths.chunks(rows.max(1)) {
            let mut end = 0;
            ends.extend(of_part.iter().map(|length| {
                end += *length as usize;
                end
            }));
        }
        WordNumbers { lengths, source: Source::Kept(Arc::new(Kept { parts, rows, ends })) }
    }

    /// Of texts that are split once more when a row is asked for; all of their words are among `words`.
    pub fn again(texts: Texts, at: Split, words: Arc<WordList>, lengths: Arc<[u32]>) -> WordNumbers {
        WordNumbers { lengths, source: Source::Again { texts, at, words } }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// The number of words of a row; 0 beyond the end.
    pub fn length(&self, row: usize) -> usize {
        self.lengths.get(row).map_or(0, |length| *length as usize)
    }

    /// What they take of memory, in bytes.
    pub fn bytes(&self) -> usize {
        let numbers = match &self.source {
            Source::Kept(kept) => kept.parts.iter().map(|part| size_of_val(part.as_slice())).sum::<usize>(),
            Source::Again { .. } => 0,
        };
        numbers + size_of_val(&*self.lengths)
    }

    /// The words of a row; none beyond the end.
    ///
    /// # Errors
    /// A file that can no longer be read, or holds other words than before.
    pub fn row(&self, row: usize) -> Result<Cow<'_, [u32]>> {
        match &self.source {
            Source::Kept(kept) => Ok(Cow::Borrowed(kept.row(row, self.length(row)))),
            Source::Again { texts, at, words } => {
                let text = texts.get(row)?.unwrap_or_default();
                let mut numbers = Vec::with_capacity(self.length(row));
                let mut unknown = false;
                at.words(&text, |word| match words.number(word) {
                    Some(number) => numbers.push(number as u32),
                    None => unknown = true,
                });
                match unknown || (row < self.len() && numbers.len() != self.length(row)) {
                    true => Err(Error::data(format!(
                        "text {row} is no longer the one whose words were counted: its file has changed"
                    ))),
                    false => Ok(Cow::Owned(numbers)),
                }
            }
        }
    }
}

impl Kept {
    fn row(&self, row: usize, length: usize) -> &[u32] {
        let part = self.parts.get(row / self.rows.max(1)).map_or(&[][..], Vec::as_slice);
        let end = self.ends.get(row).copied().unwrap_or_default();
        part.get(end.saturating_sub(length)..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::Tokens;

    #[test]
    fn words_that_are_found_once_more_are_those_that_were_kept() {
        let all: Vec<String> = (0..500).map(|i| ["film plot ".repeat(i % 4), "a b ".repeat(i % 3)].concat()).collect();
        let texts = Texts::new(all.iter().map(String::as_str));
        for at in [Split::Spaces, Split::WhiteSpace] {
            let tokens = Tokens::split(&texts, at).unwrap();
            let kept = tokens.numbers();
            let lengths: Arc<[u32]> = (0..kept.len()).map(|row| kept.length(row) as u32).collect();
            let again = WordNumbers::again(texts.clone(), at, Arc::new(tokens.distinct().clone()), lengths);
            for row in 0..=kept.len() {
                assert_eq!(kept.row(row).unwrap().len(), kept.length(row));
                if row < kept.len() {
                    assert_eq!(kept.row(row).unwrap(), again.row(row).unwrap(), "{row}");
                }
            }
            assert!(again.bytes() < kept.bytes());
            let other = WordNumbers::again(Texts::new(["other words"]), at, Arc::new(WordList::default()), [2].into());
            assert!(other.row(0).unwrap_err().message.contains("has changed"));
        }
    }
}
