//! Pre-trained word vectors, and the rows of a vocabulary.

#[expect(clippy::disallowed_methods, reason = "the program's own folder")]
mod cache;
mod text_file;

use super::{Tokens, Vocabulary, WordList};
use crate::error::{Error, Result};
use crate::ml::device;
use crate::ml::tensor::During;
use cache::Cache;
use std::path::Path;
use tch::{Kind, Tensor};
use text_file::TextFile;

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
    /// Those rows of a text file whose words occur in `texts`. Each line is a word and its numbers, separated by single spaces;
    /// the first line tells the width. The first line of word2vec's and fastText's text files (two whole numbers) is
    /// skipped; of a word that comes twice the last row counts.
    ///
    /// The file is parsed once, on all cores; from then on the rows come from a file of numbers in the folder `cache`, as long as the
    /// text file keeps its size and time. A cache that is damaged is made anew, with a note that says so; one that
    /// cannot be written is done without.
    ///
    /// # Errors
    /// A file that cannot be read, a line of another width or with something that is not a finite number: each with the line's
    /// number.
    pub fn read(path: &Path, texts: &[&Tokens], cache: Option<&Path>) -> Result<(WordVectors, Option<String>)> {
        let wanted = |word: &str| texts.iter().any(|tokens| tokens.distinct().number(word).is_some());
        let name = path.display().to_string();
        let cache = cache.and_then(|folder| Cache::new(folder, path));
        let mut note = None;
        if let Some(cache) = &cache {
            match cache.read(&name, wanted) {
                Ok(Some(vectors)) => return Ok((vectors, None)),
                Ok(None) => {}
                Err(why) => note = Some(format!("{} {why}: it is made anew from {name}", cache.file().display())),
            }
        }
        let file = TextFile::open(path)?;
        let mut vectors = WordVectors::empty(&name, file.dim);
        let mut writer = cache.as_ref().and_then(Cache::create);
        file.blocks(|block| {
            // A disk that is full: the vectors are here all the same.
            if writer.as_mut().is_some_and(|writer| writer.add(block).is_err()) {
                writer = None;
            }
            for (word, row) in block.rows().filter(|(word, _)| wanted(word)) {
                copy_row(row, vectors.place(word));
            }
        })?;
        if let Some(writer) = writer {
            let _ = writer.finish(file.dim);
        }
        Ok((vectors, note))
    }

    /// Vectors that are at hand; `source` is where they come from, for messages. Of a word that comes twice the last
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
            vectors.place(word).copy_from_slice(row);
        }
        Ok(vectors)
    }

    /// Vectors whose rows stand one behind the other in `values`, in the order of `words`.
    ///
    /// # Errors
    /// Another number of values than `dim` for each word.
    pub(super) fn of_rows(source: &str, dim: usize, words: WordList, values: Vec<f32>) -> Result<WordVectors> {
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
        vocabulary.words().skip(super::PAD + 1).filter(|word| self.contains(word)).count()
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
                let word = vocabulary.word(index).filter(|_| index > super::PAD);
                values.extend_from_slice(word.and_then(|word| self.row(word)).unwrap_or(&zeros));
            }
            let rows = (values.len() / self.dim) as i64;
            Tensor::f_from_slice(&values)
                .and_then(|part| table.f_narrow(0, start as i64, rows)?.f_copy_(&part.f_reshape([rows, size[1]])?))
                .during("vectors", &[&table])?;
        }
        Ok(table)
    }

    fn empty(source: &str, dim: usize) -> WordVectors {
        WordVectors { source: source.to_string(), dim, words: WordList::default(), values: Vec::new() }
    }

    /// Where the numbers of `word` go.
    fn place(&mut self, word: &str) -> &mut [f32] {
        let at = self.words.add(word) as usize * self.dim;
        if at == self.values.len() {
            self.values.resize(at + self.dim, 0.0);
        }
        &mut self.values[at..at + self.dim]
    }
}

/// Numbers from their little-endian bytes.
fn copy_row(bytes: &[u8], row: &mut [f32]) {
    for (value, b) in row.iter_mut().zip(bytes.chunks_exact(4)) {
        *value = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::{Split, Texts, VocabularyOptions};
    use std::io::Write;

    fn tokens(text: &str) -> Tokens {
        Tokens::split(&Texts::new([text]), Split::WhiteSpace).unwrap()
    }

    fn read(contents: &str, words: &str) -> Result<WordVectors> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(contents.as_bytes()).unwrap();
        Ok(WordVectors::read(file.path(), &[&tokens(words)], None)?.0)
    }

    #[test]
    fn rows_are_zero_for_padding_and_for_words_without_vectors() {
        let vectors = read("the 1 2\n<pad> 9 9\nfilm 3 -4e-2\nother 5 6\n", "the film plot <pad>").unwrap();
        assert_eq!((vectors.len(), vectors.dim()), (3, 2));
        let vocabulary = Vocabulary::new(&tokens("the film plot"), VocabularyOptions::default()).unwrap();
        for device in device::all() {
            device::set_current(device);
            let (table, found) = (vectors.table(&vocabulary).unwrap(), vectors.found(&vocabulary));
            // <unk> <pad> film plot the
            let expected = [0., 0., 0., 0., 3., -0.04, 0., 0., 1., 2.];
            assert_eq!((table.size(), table.device(), found), (vec![5, 2], device, 2));
            assert_eq!(Vec::<f32>::try_from(table.reshape(-1)).unwrap(), expected);
        }
        device::set_current(tch::Device::Cpu);
    }

    #[test]
    fn every_row_of_a_file_of_many_shares_is_read_once_and_found() {
        let words: Vec<String> = (0..60_000).map(|i| format!("w{i}")).collect();
        let text: String = words.iter().enumerate().map(|(i, w)| format!("{w} {i} -{i}.5\n")).collect();
        let vectors = read(&text, &words.join(" ")).unwrap();
        assert_eq!(vectors.len(), words.len());
        for (i, word) in words.iter().enumerate() {
            assert_eq!(vectors.row(word), Some(&[i as f32, -(i as f32) - 0.5][..]));
        }
        let broken = text.replace("w50000 50000", "w50000 5000x");
        assert!(read(&broken, "w50000").unwrap_err().message.contains(":50001: `5000x` in the row of `w50000`"));
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (contents, expected) in [
            ("the 1 2\nfilm 3\n", ":2: 1 numbers behind the word, expected 2 as in the first line"),
            ("the 1 2\nfilm 3 4 5\n", ":2: 3 numbers behind the word, expected 2 as in the first line"),
            ("the 1 2\nfilm 3 nan\n", ":2: `nan` in the row of `film` is not a finite number"),
            ("2 2\nthe 1 2\nfilm 3 \n", ":3: 1 numbers behind the word, expected 2 as in the first line"),
            ("the\n", ": the first line must be a word and its numbers, as in GloVe's files"),
            ("", ": the first line must be a word and its numbers, as in GloVe's files"),
        ] {
            let message = read(contents, "the film").unwrap_err().message;
            assert!(message.ends_with(expected), "{message}");
        }
        let e = WordVectors::read(Path::new("no/such.txt"), &[], None).unwrap_err();
        assert_eq!(e.kind, crate::error::ErrorKind::File);
    }

    #[test]
    fn headers_words_with_spaces_and_words_twice_are_understood() {
        let vectors = read("4 2\nthe 1 2\nat a@b.c 3 4\nfilm 5 6\nfilm 7 8", "film at").unwrap();
        assert_eq!(vectors.row("film"), Some(&[7.0, 8.0][..]));
        assert_eq!(vectors.len(), 1);
    }
}
