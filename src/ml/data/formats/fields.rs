//! The fields of a table's rows.

use super::quotes::Signs;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memchr3};

/// Reads rows; what it needs of memory serves all of them.
pub(super) struct Fields {
    signs: Signs,
    /// For rows with quotes.
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// A row that was read.
pub(super) struct Row<'r> {
    /// Where it begins and ends.
    pub start: usize,
    pub end: usize,
    /// Comments in front of it: how many, and where the first begins.
    pub comments: (usize, usize),
    bytes: &'r [u8],
    ends: &'r [usize],
    /// How many bytes stand between two fields.
    gap: usize,
}

impl Row<'_> {
    /// How many fields it has.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// The field at `index`; empty beyond the end.
    pub fn field(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).map_or(0, |end| end + self.gap) };
        self.ends.get(index).map_or(&[], |end| &self.bytes[start..*end])
    }

    /// Whether one of its fields may be in quotes.
    pub fn is_quoted(&self) -> bool {
        self.gap == 0
    }

    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.width()).map(|index| self.field(index))
    }
}

impl Fields {
    pub fn new(signs: Signs) -> Fields {
        let reader = ReaderBuilder::new().delimiter(signs.delimiter).quoting(signs.quotes).build();
        Fields { signs, reader, text: vec![0; 1 << 10], ends: vec![0; 16] }
    }

    /// The first row at or behind `at`; empty lines and comments are none.
    pub fn next<'r>(&'r mut self, bytes: &'r [u8], mut at: usize) -> Option<Row<'r>> {
        let mut comments = (0, 0);
        loop {
            match bytes.get(at)? {
                b'\n' | b'\r' => at += 1,
                byte if Some(*byte) == self.signs.comment => {
                    comments = (comments.0 + 1, if comments.0 == 0 { at } else { comments.1 });
                    at = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
                }
                _ => break,
            }
        }
        let rest = &bytes[at..];
        // Most rows have no quotes: their fields stand there as they are.
        let end = match memchr3(b'"', b'\n', b'\r', rest) {
            Some(end) if rest[end] == b'"' && self.signs.quotes => None,
            Some(end) if rest[end] == b'"' => Some(memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())),
            end => Some(end.unwrap_or(rest.len())),
        };
        Some(match end {
            Some(end) => {
                let row = &rest[..end];
                self.ends.clear();
                self.ends.extend(memchr_iter(self.signs.delimiter, row));
                self.ends.push(end);
                Row { start: at, end: at + end, comments, bytes: row, ends: &self.ends, gap: 1 }
            }
            None => {
                let (read, width) = self.quoted(rest);
                Row { start: at, end: at + read, comments, bytes: &self.text, ends: &self.ends[..width], gap: 0 }
            }
        })
    }

    /// Reads the row that `bytes` begin with: how many bytes it has, and how many fields.
    fn quoted(&mut self, bytes: &[u8]) -> (usize, usize) {
        let (mut read, mut written, mut width) = (0, 0, 0);
        self.reader.reset();
        self.ends.resize(self.ends.capacity().max(16), 0);
        loop {
            let (text, ends) = (&mut self.text[written..], &mut self.ends[width..]);
            let (result, more_read, more_written, more_fields) = self.reader.read_record(&bytes[read..], text, ends);
            (read, written, width) = (read + more_read, written + more_written, width + more_fields);
            match result {
                ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                // Told once more that there is nothing left, it ends the row.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => return (read, width),
            }
        }
    }

    /// All rows, for tests.
    #[cfg(test)]
    pub fn all(&mut self, bytes: &[u8]) -> Vec<Vec<String>> {
        let (mut rows, mut at) = (Vec::new(), 0);
        while let Some(row) = self.next(bytes, at) {
            at = row.end;
            rows.push(row.fields().map(|field| String::from_utf8_lossy(field).into_owned()).collect());
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_are_taken_off_and_comments_counted() {
        let mut fields = Fields::new(Signs { delimiter: b';', quotes: true, comment: Some(b'#') });
        let bytes = b"\r\n#one\n# two\na;\"b;\"\"c\"\"\n\";\r\n;\"\"\n";
        let row = fields.next(bytes, 0).unwrap();
        assert_eq!((row.start, row.comments, row.width()), (13, (2, 2), 3));
        assert_eq!(row.fields().collect::<Vec<_>>(), [&b"a"[..], b"b;\"c\"\n", b""]);
        let end = row.end;
        assert_eq!(fields.all(&bytes[end..]), [["", ""]]);
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate(text in "[ab\",\n\r#]{0,60}", quotes in any::<bool>()) {
            let signs = Signs { delimiter: b',', quotes, comment: Some(b'#') };
            // Of a comment that the end of the file cuts off, that crate makes a row.
            let is_cut = text.rsplit('\n').next().is_some_and(|last| last.contains('#'));
            let text = if is_cut { text + "\n" } else { text };
            let mut reader = csv::ReaderBuilder::new();
            reader.has_headers(false).flexible(true).quoting(quotes).comment(Some(b'#'));
            let expected = reader.from_reader(text.as_bytes()).into_byte_records();
            let expected: Vec<Vec<String>> = expected
                .map(|row| row.unwrap().iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect())
                .collect();
            prop_assert_eq!(Fields::new(signs).all(text.as_bytes()), expected);
        }
    }
}
