//! Word vectors in text files: a word and its numbers a line, as GloVe's files have them.

use crate::access;
use crate::error::{Error, Result};
use crate::interrupt;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes of the file that one thread parses at a time: some hundred lines, so that a stop is noticed soon.
const BLOCK: u64 = 1 << 19;
/// Blocks that are parsed together while those before them are worked on: 16 MB of text, and half of it as numbers.
const AT_ONCE: usize = 32;

pub(super) struct TextFile {
    path: PathBuf,
    size: u64,
    /// Where the rows begin: behind the header, where there is one.
    first: u64,
    block: u64,
    pub dim: usize,
}

/// Some rows in their order.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The words, one behind the other.
    letters: String,
    /// Where each word ends in `letters`.
    ends: Vec<usize>,
    /// `dim` numbers a word, float32, little-endian.
    values: Vec<u8>,
    lines: usize,
    /// Line within the block, from 1, and what is wrong with it; reading ends there.
    problem: Option<(usize, String)>,
}

impl TextFile {
    /// Looks at the first line, which tells the width. The first line of word2vec's and fastText's text files (two whole numbers)
    /// is no row.
    ///
    /// # Errors
    /// A file that cannot be read, a first line that is no word with numbers.
    pub fn open(path: &Path) -> Result<TextFile> {
        let unreadable = |e: io::Error| Error::file("read", path, e);
        let mut file = BufReader::new(access::open(path)?);
        let size = file.get_ref().metadata().map_err(unreadable)?.len();
        let mut line = Vec::new();
        let mut first = file.read_until(b'\n', &mut line).map_err(unreadable)? as u64;
        if is_header(&line) {
            line.clear();
            file.read_until(b'\n', &mut line).map_err(unreadable)?;
        } else {
            first = 0;
        }
        let dim = fields(&line).count().saturating_sub(1);
        if dim == 0 {
            let name = path.display();
            let expected = "the first line must be a word and its numbers, as in GloVe's files";
            return Err(Error::data(format!("{name}: {expected}")));
        }
        Ok(TextFile { path: path.to_path_buf(), size, first, block: BLOCK, dim })
    }

    /// Parses the file on all cores and gives `visit` its rows in their order, a block at a time.
    ///
    /// # Errors
    /// A file that cannot be read; a line of another width, or with something that is not a finite number: file and line are named.
    pub fn blocks(&self, mut visit: impl FnMut(&Block) + Send) -> Result<()> {
        let starts: Vec<u64> = (self.first..self.size).step_by(self.block as usize).collect();
        let mut line = usize::from(self.first > 0);
        let mut ready = Vec::new();
        let mut visit_all = |blocks: Vec<Block>| {
            for block in blocks {
                if let Some((at, why)) = &block.problem {
                    return Err(Error::data(format!("{}:{}: {why}", self.path.display(), line + at)));
                }
                line += block.lines;
                visit(&block);
            }
            Ok(())
        };
        for starts in starts.chunks(AT_ONCE) {
            let parse = || starts.par_iter().map(|start| self.block(*start)).collect::<Result<Vec<Block>>>();
            let (visited, parsed) = rayon::join(|| visit_all(std::mem::take(&mut ready)), parse);
            visited?;
            ready = parsed?;
        }
        visit_all(ready)
    }

    /// The lines that begin in the block at `start`.
    fn block(&self, start: u64) -> Result<Block> {
        interrupt::check()?;
        let bytes = self.read(start, access::open(&self.path)?).map_err(|e| Error::file("read", &self.path, e))?;
        // What is left of the line before is that block's; a line feed right before `start` leaves nothing of it.
        let skipped = if start == self.first { 0 } else { line_end(&bytes) };
        Ok(Block::parse(&bytes[skipped..], self.dim))
    }

    /// The block with the byte before it and the rest of its last line.
    fn read(&self, start: u64, mut file: File) -> io::Result<Vec<u8>> {
        let end = (start + self.block).min(self.size);
        let from = if start == self.first { start } else { start - 1 };
        file.seek(SeekFrom::Start(from))?;
        let mut file = BufReader::new(file);
        let mut bytes = Vec::with_capacity((end - from) as usize + 8192);
        file.by_ref().take(end - from).read_to_end(&mut bytes)?;
        if bytes.last() != Some(&b'\n') {
            file.read_until(b'\n', &mut bytes)?;
        }
        Ok(bytes)
    }
}

impl Block {
    fn parse(bytes: &[u8], dim: usize) -> Block {
        let mut block = Block::default();
        block.values.reserve(bytes.len() / 2);
        let mut at = 0;
        while at < bytes.len() {
            block.lines += 1;
            match block.line(&bytes[at..], dim) {
                Ok(length) => at += length,
                Err(why) => {
                    block.problem = Some((block.lines, why));
                    break;
                }
            }
        }
        block
    }

    /// Each word with its numbers.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let width = self.values.len() / self.ends.len().max(1);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let words = starts.zip(&self.ends).map(|(start, end)| &self.letters[start..*end]);
        words.zip(self.values.chunks_exact(width.max(1)))
    }

    /// All numbers.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// Takes the line that `bytes` begin with, and gives its length.
    fn line(&mut self, bytes: &[u8], dim: usize) -> Result<usize, String> {
        let before = self.values.len();
        if let Some(space) = bytes.iter().position(|b| matches!(b, b' ' | b'\n')) {
            if let Some(length) = numbers(&bytes[space..], dim, &mut self.values) {
                self.add(&bytes[..space], before);
                return Ok(space + length);
            }
            self.values.truncate(before);
        }
        let length = line_end(bytes);
        self.unusual_line(bytes[..length].trim_ascii_end(), dim)?;
        Ok(length)
    }

    /// A line that is empty, or whose word holds spaces, or that is wrong.
    fn unusual_line(&mut self, line: &[u8], dim: usize) -> Result<(), String> {
        let count = fields(line).count();
        if count == 0 {
            return Ok(()); // As some files end with.
        }
        let before = self.values.len();
        let Some(word) = word(line, count, dim) else {
            return Err(format!("{} numbers behind the word, expected {dim} as in the first line", count - 1));
        };
        for field in fields(&line[word.len() + 1..]) {
            let (text, word) = (String::from_utf8_lossy(field), String::from_utf8_lossy(word));
            match text.parse::<f32>() {
                Ok(value) if value.is_finite() => self.values.extend(value.to_le_bytes()),
                _ => return Err(format!("`{text}` in the row of `{word}` is not a finite number")),
            }
        }
        self.add(word, before);
        Ok(())
    }

    /// A word whose numbers stand in `values` from `before` on. One that is not UTF-8 (the largest files have some) is in no text.
    fn add(&mut self, word: &[u8], before: usize) {
        match std::str::from_utf8(word) {
            Ok(word) => {
                self.letters.push_str(word);
                self.ends.push(self.letters.len());
            }
            Err(_) => self.values.truncate(before),
        }
    }
}

/// Reads `dim` numbers, each behind one space, and the line's end, and gives their length; nothing where that is not what follows.
fn numbers(bytes: &[u8], dim: usize, values: &mut Vec<u8>) -> Option<usize> {
    let mut at = 0;
    for _ in 0..dim {
        if *bytes.get(at)? != b' ' {
            return None;
        }
        let (value, length) = number(&bytes[at + 1..])?;
        values.extend_from_slice(&value.to_le_bytes());
        at += 1 + length;
    }
    loop {
        match bytes.get(at) {
            None => return Some(at),
            Some(b'\n') => return Some(at + 1),
            Some(b' ' | b'\r' | b'\t') => at += 1,
            Some(_) => return None,
        }
    }
}

/// The finite number that `bytes` begin with, up to white space, and its length.
fn number(bytes: &[u8]) -> Option<(f32, usize)> {
    /// Exact in float32, as are all whole numbers up to 2^24: one division rounds as the number itself would be rounded.
    const POWERS: [f32; 11] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (mut whole, mut digits, mut point) = (0u32, 0, None);
    loop {
        match bytes.get(at) {
            Some(digit @ b'0'..=b'9') if whole < 1 << 24 => {
                whole = 10 * whole + u32::from(digit - b'0');
                digits += 1;
            }
            Some(b'.') if point.is_none() => point = Some(digits),
            None | Some(b' ' | b'\n' | b'\r' | b'\t') if digits > 0 && whole <= 1 << 24 => {
                let decimals = digits - point.unwrap_or(digits);
                let Some(power) = POWERS.get(decimals) else { break };
                let size = whole as f32 / power;
                return Some((if negative { -size } else { size }, at));
            }
            _ => break,
        }
        at += 1;
    }
    // Many digits, an exponent: seldom.
    let length = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    let value = std::str::from_utf8(&bytes[..length]).ok()?.parse::<f32>().ok()?;
    value.is_finite().then_some((value, length))
}

/// Behind the first line feed.
fn line_end(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1)
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
    use proptest::prelude::*;

    fn same(text: &str) -> Result<(), TestCaseError> {
        let expected = text.parse::<f32>().ok().filter(|v| v.is_finite());
        let read = number(format!("{text} 1").as_bytes());
        prop_assert_eq!(read.map(|(v, length)| (v.to_bits(), length)), expected.map(|v| (v.to_bits(), text.len())));
        Ok(())
    }

    #[test]
    fn odd_numbers_are_read_as_rusts_own() {
        for text in
            ["-0", "0.0", "-0.0", ".5", "5.", "+1", ".", "-", "", "1e-5", "16777216", "16777217", "0.16777217", "1.2.3"]
        {
            same(text).unwrap();
        }
        for text in ["0.00000000001", "99999999999999999999", "1e39", "nan", "inf", "0x1", "1_0", "1-"] {
            same(text).unwrap();
        }
    }

    /// All rows, or the message, by reading line for line.
    fn serial(text: &str, dim: usize) -> Result<Vec<(String, Vec<f32>)>, String> {
        let mut rows = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.trim_end().split(' ').collect();
            match fields.len() {
                1 if fields[0].is_empty() => {}
                n if n == dim + 1 => {
                    let numbers: Result<Vec<f32>, _> = fields[1..].iter().map(|f| f.parse::<f32>()).collect();
                    rows.push((fields[0].to_string(), numbers.map_err(|_| format!(":{}: `x` in the row of", i + 1))?));
                }
                n => return Err(format!(":{}: {} numbers behind the word", i + 1, n - 1)),
            }
        }
        Ok(rows)
    }

    proptest! {
        // Blocks of a few bytes: lines span several of them, and end where they end.
        #[test]
        fn a_file_read_in_blocks_is_that_read_line_by_line(
            lines in prop::collection::vec(r"[a-cé]{0,12} -?[0-9]{1,3}(\.[0-9]{1,9}) -?[0-9]e-[12][ \r]?|", 0..200),
            wrong in prop::option::weighted(0.3, (0..200usize, prop::sample::select(vec!["a 1", "a 1 2 3", "a x 2"]))),
            block in 1..200u64,
        ) {
            let mut lines = lines;
            if let Some((at, line)) = wrong { lines.insert(at.min(lines.len()), line.to_string()); }
            let text = format!("the 1 2\n{}", lines.join("\n"));
            let mut file = tempfile::NamedTempFile::new().unwrap();
            io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            let file = TextFile { block, ..TextFile::open(file.path()).unwrap() };
            let mut rows = Vec::new();
            let read = file.blocks(|block| rows.extend(block.rows().map(|(word, bytes)| {
                let mut row = [0.0; 2];
                super::super::words::copy_row(bytes, &mut row);
                (word.to_string(), row.to_vec())
            })));
            match (read, serial(&text, 2)) {
                (Ok(()), Ok(expected)) => prop_assert_eq!(rows, expected),
                (Err(e), Err(expected)) => prop_assert!(e.message.contains(&expected), "{} {}", e.message, expected),
                (read, expected) => prop_assert!(false, "{:?} {:?}", read, expected),
            }
        }

        #[test]
        fn numbers_are_read_as_rusts_own(text in r"-?[0-9]{0,9}(\.[0-9]{0,12})?(e-?[0-9]{1,2})?") {
            same(&text)?;
        }
    }
}
