//! What the beginning of a file of vectors says of the rest.

use super::binary::is_binary;
use super::number::is_number;
use super::text::{fields, line_end, width};

/// Numbers of a row at most: a file that promises more is another.
const WIDEST: usize = 1 << 20;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Text,
    Binary,
}

#[derive(Debug, PartialEq)]
pub(super) struct Head {
    /// Bytes in front of the rows, and the lines that they are.
    pub length: usize,
    pub lines: usize,
    pub layout: Layout,
    /// Numbers in a row.
    pub dim: usize,
    /// Rows, and the numbers in each, that the header of word2vec's and fastText's files promises.
    pub promised: Option<(u64, u64)>,
}

impl Head {
    /// Of the file's first bytes. Word2vec's and fastText's files begin with two whole numbers, how many rows there are and how many numbers in each; where the
    /// first rows agree on another width, theirs it is. Without a header the first row tells it.
    ///
    /// # Errors
    /// What is no such file, and why.
    pub fn of(bytes: &[u8]) -> Result<Head, String> {
        /// In front of a model of fastText's own.
        const FASTTEXT: [u8; 4] = [0xba, 0x16, 0x4f, 0x2f];
        if bytes.starts_with(&FASTTEXT) {
            return Err("this is a model of fastText's, of which its file .vec holds the vectors".to_string());
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err("its text is UTF-16, expected UTF-8".to_string());
        }
        let mark = if bytes.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
        let first = line_end(&bytes[mark..]);
        let promised = header(&bytes[mark..mark + first]);
        let (length, lines) = if promised.is_some() { (mark + first, 1) } else { (mark, 0) };
        let rows = &bytes[length..];
        let expected = promised.and_then(|(_, dim)| usize::try_from(dim).ok()).filter(|dim| (1..=WIDEST).contains(dim));
        let binary = is_binary(rows, expected.unwrap_or(1));
        let (layout, dim) = match (promised, expected) {
            (Some((_, dim)), None) if binary => {
                return Err(format!("its header promises {dim} numbers in a row, and at most {WIDEST} are read"));
            }
            (Some(_), Some(dim)) if binary => (Layout::Binary, dim),
            _ => (Layout::Text, width_of(rows, expected)?),
        };
        Ok(Head { length, lines, layout, dim, promised })
    }

    /// What is worth a word: where the header promises something else than `rows` of this width.
    pub fn broken_promise(&self, rows: u64) -> Option<String> {
        let (promised, dim) = self.promised?;
        let own = self.dim as u64;
        let what = match (promised == rows, dim == own) {
            (true, true) => return None,
            (false, true) => format!("{promised} rows, and there are {rows}"),
            (true, false) => format!("rows of {dim} numbers, and they have {own}"),
            (false, false) => format!("{promised} rows of {dim} numbers, and there are {rows} of {own}"),
        };
        Some(format!("its header promises {what}"))
    }
}

/// `400000 100`
fn header(line: &[u8]) -> Option<(u64, u64)> {
    let mut numbers = fields(line).map(|field| std::str::from_utf8(field).ok()?.parse().ok());
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Some(rows)), Some(Some(dim)), None) => Some((rows, dim)),
        _ => None,
    }
}

/// How many numbers a row has. `promised` is what the header says, if it has one that can be.
fn width_of(rows: &[u8], promised: Option<usize>) -> Result<usize, String> {
    let mut lines = rows.split_inclusive(|b| *b == b'\n').filter(|line| fields(line).next().is_some());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next());
    let (own, next) = (width(first), second.and_then(width));
    if let Some(dim) = promised {
        // Two rows that agree on another width are believed; one alone is wrong.
        let other = own.filter(|own| own == &dim || next == Some(*own) && !has_row(first, dim));
        return Ok(other.unwrap_or(dim));
    }
    let Some(own) = own else {
        return Err("the first line must be a word and its numbers, as in GloVe's files".to_string());
    };
    // A word of several fields, or something among the numbers that is none: the second row tells.
    Ok(if fields(first).count() == own + 1 { own } else { next.unwrap_or(own) })
}

/// Whether a line is a word of one field and so many numbers, or a word of several that is no number itself.
fn has_row(line: &[u8], dim: usize) -> bool {
    let count = fields(line).count();
    let behind = || fields(line).skip(1).take(count.saturating_sub(dim + 1));
    count > dim && width(line).is_some_and(|width| width >= dim) && (count == dim + 1 || !behind().all(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: impl AsRef<[u8]>) -> (usize, Layout, Option<(u64, u64)>) {
        let head = Head::of(bytes.as_ref()).unwrap();
        (head.dim, head.layout, head.promised)
    }

    #[test]
    fn the_first_rows_tell_the_width() {
        use Layout::{Binary, Text};
        for (text, dim) in [
            ("the 1 2", 2),
            ("the 1 2\nfilm", 2),
            ("\u{feff}the\t1\t2\r\n", 2),
            ("\n\nthe 1 2 \n", 2),
            ("3 4 5\n", 2),
            (". . . 1 2\nthe 1 2\n", 2),
            (". 5 . 1 2\nthe 1 2\n", 2),
            ("the x 2\nfilm 1 2\n", 2),
            ("the nan 2\n", 2),
            (" 6 7.5\nthe 1 2\n", 2),
            ("  the 6 7\n", 2),
        ] {
            assert_eq!(of(text), (dim, Text, None), "{text:?}");
        }
        for (text, dim, promised) in [
            ("4 2\nthe 1 2\n", 2, 2),
            ("4\t2 \r\nthe 1 2\n", 2, 2),
            ("4 3\nthe 1 2\nfilm 3 4\n", 2, 3),
            ("4 3\nthe 1 2\nfilm 3 4 5\n", 3, 3),
            ("4 3\nthe 1 2\n", 3, 3),
            ("4 2\n. 7 . 1 2\nthe 1 2\n", 2, 2),
            ("4 2\nthe x 2\n\u{e9} 1 2\n", 2, 2),
            ("4 0\nthe 1 2\n", 2, 0),
        ] {
            assert_eq!(of(text), (dim, Text, Some((4, promised))), "{text:?}");
        }
        for value in [0.0f32, 0.5, -1.25, 0.1, 1e-30] {
            let row = [&b"1 1\nthe "[..], &value.to_le_bytes()].concat();
            assert_eq!(of(row), (1, Binary, Some((1, 1))), "{value}");
        }
    }

    #[test]
    fn what_is_no_file_of_vectors_is_said() {
        for (bytes, why) in [
            (&b"the\n"[..], "the first line must be a word and its numbers"),
            (b"", "the first line must be a word and its numbers"),
            (b"\xff\xfet\0", "UTF-16"),
            (b"\xba\x16\x4f\x2f\x0c\0\0\0", "its file .vec holds the vectors"),
            (b"1 9999999999\nthe \0\0\0\0", "9999999999 numbers in a row"),
        ] {
            let said = Head::of(bytes).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn a_promise_that_is_not_kept_is_told() {
        let told = |promised, dim| {
            let head = Head { length: 0, lines: 0, layout: Layout::Text, dim, promised };
            head.broken_promise(4).unwrap_or_default()
        };
        assert_eq!(told(None, 2), "");
        assert_eq!(told(Some((4, 2)), 2), "");
        assert_eq!(told(Some((5, 2)), 2), "its header promises 5 rows, and there are 4");
        assert_eq!(told(Some((4, 3)), 2), "its header promises rows of 3 numbers, and they have 2");
        assert_eq!(told(Some((5, 3)), 2), "its header promises 5 rows of 3 numbers, and there are 4 of 2");
    }
}
