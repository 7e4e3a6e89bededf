//! Word vectors from text files, which are parsed once.

use super::cache::Cache;
use super::text_file::TextFile;
use super::words::{WordVectors, copy_row};
use crate::access;
use crate::error::Result;
use crate::ml::data::Tokens;
use std::path::Path;

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
        // What is cached for one file is never that of another which was put into its place meanwhile.
        let source = access::resolve(path)?;
        let cache = cache.and_then(|folder| Cache::new(folder, &source));
        let mut note = None;
        if let Some(cache) = &cache {
            match cache.read(&name, wanted) {
                Ok(Some(vectors)) => return Ok((vectors, None)),
                Ok(None) => {}
                Err(why) => note = Some(format!("{} {why}: it is made anew from {name}", cache.file().display())),
            }
        }
        let file = TextFile::open(&source)?;
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
        assert_eq!(vectors.row("film"), Some(&[7.0, 8.0][..]));
        assert_eq!(vectors.len(), 1);
    }
}
