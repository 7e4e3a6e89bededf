//! Some rows of a file of vectors.

/// Some rows in their order.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The words, one behind the other.
    letters: String,
    /// Where each word ends in `letters`.
    ends: Vec<usize>,
    /// The numbers of all words, float32, little-endian.
    values: Vec<u8>,
    /// Words that are no UTF-8, which so are in no text; they are left out.
    pub foreign: u64,
    /// Lines that were read; of a binary file, rows.
    pub lines: usize,
    /// Line within the block, from 1, and what is wrong with it; reading ends there.
    pub problem: Option<(usize, String)>,
}

impl Block {
    /// With room for the numbers of so many bytes.
    pub fn with_room(bytes: usize) -> Block {
        Block { values: Vec::with_capacity(bytes), ..Block::default() }
    }

    /// Each word with its numbers.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let width = self.values.len() / self.ends.len().max(1);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let words = starts.zip(&self.ends).map(|(start, end)| &self.letters[start..*end]);
        words.zip(self.values.chunks_exact(width.max(1)))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// All numbers.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The bytes of all words.
    pub fn letters(&self) -> usize {
        self.letters.len()
    }

    /// Takes a word and the numbers that `put` puts behind those of the words before; nothing, where `put` fails.
    pub fn add<T, E>(&mut self, word: &[u8], put: impl FnOnce(&mut Vec<u8>) -> Result<T, E>) -> Result<T, E> {
        let before = self.values.len();
        let done = put(&mut self.values);
        match std::str::from_utf8(word) {
            _ if done.is_err() => self.values.truncate(before),
            Ok(word) => {
                self.letters.push_str(word);
                self.ends.push(self.letters.len());
            }
            Err(_) => {
                self.foreign += 1;
                self.values.truncate(before);
            }
        }
        done
    }
}
