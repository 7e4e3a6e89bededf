//! Pre-trained word vectors: GloVe's text format, and the rows of a vocabulary.

use super::{Tokens, Vocabulary};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::device;
use crate::ml::tensor::During;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use tch::Tensor;

/// Vectors of some words, all of one width.
#[derive(Debug, Clone, PartialEq)]
pub struct WordVectors {
    source: String,
    dim: usize,
    rows: HashMap<String, usize>,
    values: Vec<f32>,
}

impl WordVectors {
    /// The memory of the numbers in bytes.
    pub fn bytes(&self) -> usize {
        self.values.len() * size_of::<f32>()
    }

    /// Reads, on all cores, those rows of a GloVe text file whose words occur in `texts`. Each line is a word and its
    /// numbers, separated by single spaces; the first line tells the width. The first line of word2vec's and fastText's
    /// text files (two whole numbers) is skipped; of a word that comes twice the last row counts.
    ///
    /// # Errors
    /// A file that cannot be read, a line of another width, and in a row that is wanted something that is not a finite
    /// number: each with the line's number.
    pub fn read(path: &Path, texts: &[&Tokens]) -> Result<WordVectors> {
        let wanted: HashSet<&str> = texts.iter().flat_map(|t| t.distinct().iter()).collect();
        let unreadable = |e: std::io::Error| Error::file("read", path, e);
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let size = file.get_ref().metadata().map_err(unreadable)?.len();
        let mut first = Vec::new();
        let header = file.read_until(b'\n', &mut first).map_err(unreadable)? as u64;
        let skipped = if is_header(&first) { header } else { 0 };
        if skipped > 0 {
            first.clear();
            file.read_until(b'\n', &mut first).map_err(unreadable)?;
        }
        let dim = fields(&first).count().saturating_sub(1);
        if dim == 0 {
            let name = path.display();
            return Err(Error::data(format!(
                "{name}: the first line must be a word and its numbers, as in GloVe's files"
            )));
        }
        // Each share is several megabytes, so that a core reads on and a stop is noticed soon.
        let share = (size - skipped).div_ceil(4 * rayon::current_num_threads() as u64).max(1 << 16);
        let starts: Vec<u64> = (0..(size - skipped).div_ceil(share)).map(|k| skipped + k * share).collect();
        let shares: Vec<Share> = starts
            .into_par_iter()
            .map(|start| Share::read(path, start.max(skipped), (start + share).min(size), skipped, dim, &wanted))
            .collect::<Result<_>>()?;

        let mut line = usize::from(skipped > 0);
        let mut rows = Vec::new();
        for share in shares {
            if let Some((at, why)) = share.problem {
                return Err(Error::data(format!("{}:{}: {why}", path.display(), line + at)));
            }
            line += share.lines;
            rows.extend(share.words.into_iter().zip(share.values.chunks_exact(dim).map(<[f32]>::to_vec)));
        }
        WordVectors::new(&path.display().to_string(), dim, rows)
    }

    /// Vectors that are at hand; `source` is where they come from, for messages. Of a word that comes twice the last
    /// row counts.
    ///
    /// # Errors
    /// A row that is not `dim` wide.
    pub fn new<R: AsRef<[f32]>>(
        source: &str,
        dim: usize,
        words: impl IntoIterator<Item = (String, R)>,
    ) -> Result<WordVectors> {
        let mut vectors = WordVectors { source: source.to_string(), dim, rows: HashMap::new(), values: Vec::new() };
        for (word, row) in words {
            let row = row.as_ref();
            if row.len() != dim {
                return Err(Error::data(format!("{source}: `{word}` has {} numbers, expected {dim}", row.len())));
            }
            let next = vectors.rows.len();
            match *vectors.rows.entry(word).or_insert(next) {
                at if at == next => vectors.values.extend_from_slice(row),
                at => vectors.values[at * dim..(at + 1) * dim].copy_from_slice(row),
            }
        }
        Ok(vectors)
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
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn contains(&self, word: &str) -> bool {
        self.rows.contains_key(word)
    }

    /// The vector of `word`, [`Self::dim`] wide.
    pub fn row(&self, word: &str) -> Option<&[f32]> {
        self.rows.get(word).map(|at| &self.values[at * self.dim..(at + 1) * self.dim])
    }

    /// `[words, dim]` float32 on the current device: the vector of each word of the vocabulary, zeros for `<unk>`,
    /// `<pad>` and words that have none; and how many words have one.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn table(&self, vocabulary: &Vocabulary) -> Result<(Tensor, usize)> {
        let mut values = vec![0f32; vocabulary.len() * self.dim];
        let mut found = 0;
        for (word, place) in vocabulary.words().zip(values.chunks_exact_mut(self.dim)).skip(super::PAD + 1) {
            if let Some(row) = self.row(word) {
                place.copy_from_slice(row);
                found += 1;
            }
        }
        let size = [vocabulary.len() as i64, self.dim as i64];
        let table = Tensor::f_from_slice(&values).and_then(|t| t.f_reshape(size)).during("vectors", &[])?;
        Ok((table.f_to_device(device::current()).during("vectors", &[&table])?, found))
    }
}

/// What one thread found in its part of the file.
#[derive(Default)]
struct Share {
    lines: usize,
    words: Vec<String>,
    values: Vec<f32>,
    /// Line within the share, from 1, and what is wrong with it; reading ends there.
    problem: Option<(usize, String)>,
}

impl Share {
    /// The lines that begin in `start..end`; the file's rows begin at `first`.
    fn read(path: &Path, start: u64, end: u64, first: u64, dim: usize, wanted: &HashSet<&str>) -> Result<Share> {
        let unreadable = |e: std::io::Error| Error::file("read", path, e);
        let mut file = File::open(path).map_err(unreadable)?;
        let mut line = Vec::new();
        // A line that begins exactly at `start` is this share's, so the line feed before it is looked at too.
        let from = if start == first { start } else { start - 1 };
        file.seek(SeekFrom::Start(from)).map_err(unreadable)?;
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut at = start;
        if from < start {
            at = from + file.read_until(b'\n', &mut line).map_err(unreadable)? as u64;
        }
        let mut share = Share::default();
        while at < end {
            if share.lines % 4096 == 0 {
                interrupt::check()?;
            }
            line.clear();
            let read = file.by_ref().read_until(b'\n', &mut line).map_err(unreadable)?;
            if read == 0 {
                break; // The file has become shorter meanwhile.
            }
            at += read as u64;
            share.lines += 1;
            if let Err(why) = share.take(&line, dim, wanted) {
                share.problem = Some((share.lines, why));
                break;
            }
        }
        Ok(share)
    }

    fn take(&mut self, line: &[u8], dim: usize, wanted: &HashSet<&str>) -> Result<(), String> {
        let line = line.trim_ascii_end();
        let count = fields(line).count();
        if count == 0 {
            return Ok(()); // An empty line, as some files end with.
        }
        let Some(word) = word(line, count, dim) else {
            return Err(format!("{} numbers behind the word, expected {dim} as in the first line", count - 1));
        };
        // A word that is not UTF-8 (the largest files have some) is in no text.
        let Some(word) = std::str::from_utf8(word).ok().filter(|word| wanted.contains(word)) else {
            return Ok(());
        };
        for field in fields(&line[word.len() + 1..]) {
            let text = String::from_utf8_lossy(field);
            match text.parse::<f32>() {
                Ok(value) if value.is_finite() => self.values.push(value),
                _ => return Err(format!("`{text}` in the row of `{word}` is not a finite number")),
            }
        }
        self.words.push(word.to_string());
        Ok(())
    }
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.trim_ascii_end().split(|b| *b == b' ').filter(|_| !line.trim_ascii_end().is_empty())
}

/// The word of a line of `count` fields, if `dim` numbers are behind it. A few words of GloVe 840B hold spaces
/// (`at name@domain.com`): then what is left of the numbers holds something that is no number.
fn word(line: &[u8], count: usize, dim: usize) -> Option<&[u8]> {
    let extra = count.checked_sub(dim + 1)?;
    let is_number = |field: &[u8]| std::str::from_utf8(field).is_ok_and(|f| f.parse::<f32>().is_ok());
    if extra > 0 && fields(line).skip(1).take(extra).all(is_number) {
        return None;
    }
    let length = fields(line).take(extra + 1).map(|field| field.len() + 1).sum::<usize>() - 1;
    Some(&line[..length])
}

/// `400000 100`
fn is_header(line: &[u8]) -> bool {
    let whole = |field: &[u8]| !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    fields(line).count() == 2 && fields(line).all(whole)
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
        WordVectors::read(file.path(), &[&tokens(words)])
    }

    #[test]
    fn rows_are_zero_for_padding_and_for_words_without_vectors() {
        let vectors = read("the 1 2\n<pad> 9 9\nfilm 3 -4e-2\nother 5 6\n", "the film plot <pad>").unwrap();
        assert_eq!((vectors.len(), vectors.dim()), (3, 2));
        let vocabulary = Vocabulary::new(&tokens("the film plot"), VocabularyOptions::default()).unwrap();
        for device in device::all() {
            device::set_current(device);
            let (table, found) = vectors.table(&vocabulary).unwrap();
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
        let e = WordVectors::read(Path::new("no/such.txt"), &[]).unwrap_err();
        assert_eq!(e.kind, crate::error::ErrorKind::File);
    }

    #[test]
    fn headers_words_with_spaces_and_words_twice_are_understood() {
        let vectors = read("4 2\nthe 1 2\nat a@b.c 3 4\nfilm 5 6\nfilm 7 8", "film at").unwrap();
        assert_eq!(vectors.row("film"), Some(&[7.0, 8.0][..]));
        assert_eq!(vectors.len(), 1);
    }
}
