//! Word vectors from files, which are parsed once.

use super::block::Block;
use super::cache::{Cache, Writer};
use super::file::{self, Sizes, Visit};
use super::words::{WordVectors, copy_row};
use crate::access;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::data::{Tokens, WordList};
use std::path::Path;

impl WordVectors {
    /// Those rows of a file whose words occur in `texts`, and what the user should know of the file. Each of its lines is a word and its numbers, white space between
    /// them; the first row tells the width. Word2vec's and fastText's files begin with two whole numbers, and word2vec's may be binary. A file may
    /// be packed as gzip, zstd, bzip2 or, alone in an archive, zip. Of a word that comes twice the first row counts, which is said, as is a header that promises
    /// other rows than there are.
    ///
    /// The file is parsed once, on all cores; from then on the rows come from a file of numbers in the folder `cache`, as long as the
    /// file keeps its size and time. A cache that is damaged is made anew, with a note that says so; one that
    /// cannot be written is done without.
    ///
    /// # Errors
    /// A file that cannot be read or holds no vectors, a row of another width or with something that is not a finite number: each with the
    /// line's number; too little memory.
    pub fn read(path: &Path, texts: &[&Tokens], cache: Option<&Path>) -> Result<(WordVectors, Vec<String>)> {
        let wanted = |word: &str| texts.iter().any(|tokens| tokens.distinct().number(word).is_some());
        let name = path.display().to_string();
        let said = |notes: Vec<String>| notes.into_iter().map(|note| format!("{name}: {note}")).collect();
        // What is cached for one file is never that of another which was put into its place meanwhile.
        let source = access::resolve(path)?;
        let cache = cache.and_then(|folder| Cache::new(folder, &source));
        let mut notes = Vec::new();
        if let Some(cache) = &cache {
            match cache.read(&name, wanted) {
                Ok(Some((vectors, notes))) => return Ok((vectors, said(notes))),
                Ok(None) => {}
                Err(why) => notes.push(format!("{} {why}: it is made anew from {name}", cache.file().display())),
            }
        }
        let writer = cache.as_ref().and_then(Cache::create);
        let mut reading = Reading::new(WordVectors::empty(&name, 0), wanted, writer);
        let head = file::read(&source, Sizes::default(), &mut reading)?;
        if reading.rows == 0 {
            let promised = head.promised.map(|(rows, _)| format!(", though its header promises {rows}"));
            return Err(Error::data(format!("{name} holds no vectors{}", promised.unwrap_or_default())));
        }
        let own: Vec<String> = head.broken_promise(reading.rows).into_iter().chain(reading.notes()).collect();
        if let Some(writer) = reading.writer {
            let _ = writer.finish(head.dim, &reading.words, &own);
        }
        notes.extend(said(own));
        Ok((reading.vectors, notes))
    }
}

/// What has been read of a file.
struct Reading<'a, W> {
    vectors: WordVectors,
    wanted: W,
    writer: Option<Writer<'a>>,
    /// All words of the file.
    words: WordList,
    rows: u64,
    repeated: u64,
    /// The first word that came again.
    again: Option<String>,
    foreign: u64,
}

impl<'a, W: Fn(&str) -> bool> Reading<'a, W> {
    fn new(vectors: WordVectors, wanted: W, writer: Option<Writer<'a>>) -> Self {
        let (words, rows, repeated, again, foreign) = (WordList::default(), 0, 0, None, 0);
        Reading { vectors, wanted, writer, words, rows, repeated, again, foreign }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let plural = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        if let Some(again) = &self.again {
            let rows = plural(self.repeated, "row is", "rows are");
            notes.push(format!("{rows} of a word that has one already (the first of `{again}`): the first counts"));
        }
        if self.foreign > 0 {
            let words =
                plural(self.foreign, "word is not UTF-8 and so in no text", "words are not UTF-8 and so in no text");
            notes.push(words);
        }
        notes
    }
}

impl<W: Fn(&str) -> bool> Visit for Reading<'_, W> {
    fn rows(&mut self, dim: usize, block: &Block) -> Result<()> {
        /// What a word takes beside its letters, in the list of all and the cache's index.
        const OF_A_WORD: usize = 64;
        let more = 3 * block.letters() + OF_A_WORD * block.len() + block.values().len();
        memory::room(|| format!("reading {}", self.vectors.source()), more as u64)?;
        self.vectors.widen(dim);
        self.rows += block.len() as u64 + block.foreign;
        self.foreign += block.foreign;
        let mut fresh = Vec::with_capacity(block.len());
        for (word, row) in block.rows() {
            let before = self.words.len();
            fresh.push(self.words.add(word) as usize == before);
            if fresh.last() == Some(&false) {
                self.repeated += 1;
                self.again.get_or_insert_with(|| word.to_string());
            } else if (self.wanted)(word) {
                copy_row(row, self.vectors.place(word));
            }
        }
        // A disk that is full: the vectors are here all the same.
        if self.writer.as_mut().is_some_and(|writer| writer.add(block, &fresh).is_err()) {
            self.writer = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::{Split, Texts, Vocabulary, VocabularyOptions};
    use crate::ml::device;
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
        assert_eq!(vectors.row("film"), Some(&[5.0, 6.0][..]));
        assert_eq!(vectors.len(), 1);
    }
}
