//! Vectors of words, and the rows of a vocabulary.

use crate::error::{Error, Result};
use crate::ml::data::special::PAD;
use crate::ml::data::{Vocabulary, WordList};
use crate::ml::device;
use crate::ml::tensor::During;
use tch::{Kind, Tensor};

/// Vectors of some words, all of one width.
#[derive(Debug, Clone, PartialEq)]
pub struct WordVectors {
    source: String,
    dim: usize,
    words: WordList,
    /// `dim` numbers a word.
    values: Vec<f32>,
}

impl WordVectors {
    /// Vectors that are at hand; `source` is where they come from, for messages. Of a word that comes twice the first
    /// row counts.
    ///
    /// # Errors
    /// A row that is not `dim` wide.
    pub fn new<W: AsRef<str>, R: AsRef<[f32]>>(
        source: &str,
        dim: usize,
        words: impl IntoIterator<Item = (W, R)>,
    ) -> Result<WordVectors> {
        let mut vectors = WordVectors::empty(source, dim);
        for (word, row) in words {
            let (word, row) = (word.as_ref(), row.as_ref());
            if row.len() != dim {
                return Err(Error::data(format!("{source}: `{word}` has {} numbers, expected {dim}", row.len())));
            }
            if !vectors.contains(word) {
                vectors.place(word).copy_from_slice(row);
            }
        }
        Ok(vectors)
    }

    /// Vectors whose rows stand one behind the other in `values`, in the order of `words`.
    ///
    /// # Errors
    /// Another number of values than `dim` for each word.
    pub(in crate::ml::data) fn of_rows(
        source: &str,
        dim: usize,
        words: WordList,
        values: Vec<f32>,
    ) -> Result<WordVectors> {
        if dim == 0 || values.len() != dim * words.len() {
            let (rows, numbers) = (words.len(), values.len());
            return Err(Error::data(format!("{source}: {numbers} numbers are not {rows} rows of {dim}")));
        }
        Ok(WordVectors { source: source.to_string(), dim, words, values })
    }

    /// Where the vectors come from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Width of a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The memory of the numbers in bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(self.values.as_slice())
    }

    pub fn contains(&self, word: &str) -> bool {
        self.words.number(word).is_some()
    }

    /// The vector of `word`, [`Self::dim`] wide.
    pub fn row(&self, word: &str) -> Option<&[f32]> {
        self.words.number(word).map(|at| &self.values[at * self.dim..(at + 1) * self.dim])
    }

    /// How many words of the vocabulary have a vector; `<unk>` and `<pad>` never have.
    pub fn found(&self, vocabulary: &Vocabulary) -> usize {
        vocabulary.words().skip(PAD + 1).filter(|word| self.contains(word)).count()
    }

    /// `[words, dim]` float32 on the current device: the vector of each word of the vocabulary, zeros for `<unk>`,
    /// `<pad>` and words that have none.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn table(&self, vocabulary: &Vocabulary) -> Result<Tensor> {
        /// Rows that are brought into the table together, so that it does not stand in memory twice.
        const PART: usize = 4096;
        let size = [vocabulary.len() as i64, self.dim as i64];
        let table = Tensor::f_zeros(size, (Kind::Float, device::current())).during("vectors", &[])?;
        let mut values = Vec::with_capacity(PART.min(vocabulary.len()) * self.dim);
        let zeros = vec![0f32; self.dim];
        for start in (0..vocabulary.len()).step_by(PART) {
            values.clear();
            for index in start..vocabulary.len().min(start + PART) {
                let word = vocabulary.word(index).filter(|_| index > PAD);
                values.extend_from_slice(word.and_then(|word| self.row(word)).unwrap_or(&zeros));
            }
            let rows = (values.len() / self.dim) as i64;
            Tensor::f_from_slice(&values)
                .and_then(|part| table.f_narrow(0, start as i64, rows)?.f_copy_(&part.f_reshape([rows, size[1]])?))
                .during("vectors", &[&table])?;
        }
        Ok(table)
    }

    /// None yet.
    pub(super) fn empty(source: &str, dim: usize) -> WordVectors {
        WordVectors { source: source.to_string(), dim, words: WordList::default(), values: Vec::new() }
    }

    /// How wide they are, before there is one.
    pub(super) fn widen(&mut self, dim: usize) {
        if self.is_empty() {
            self.dim = dim;
        }
    }

    /// Where the numbers of `word` go.
    pub(super) fn place(&mut self, word: &str) -> &mut [f32] {
        let at = self.words.add(word) as usize * self.dim;
        if at == self.values.len() {
            self.values.resize(at + self.dim, 0.0);
        }
        &mut self.values[at..at + self.dim]
    }
}

/// Numbers from their little-endian bytes.
pub(super) fn copy_row(bytes: &[u8], row: &mut [f32]) {
    for (value, b) in row.iter_mut().zip(bytes.chunks_exact(4)) {
        *value = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    }
}
