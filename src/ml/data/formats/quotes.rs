//! Where the rows of a table with delimiters end: at the end of a line that is not in a quoted field.

use memchr::{memchr, memchr3};

/// What the rows are written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub delimiter: u8,
    /// Whether `"` encloses fields.
    pub quotes: bool,
    /// What a line begins with that is no row.
    pub comment: Option<u8>,
}

/// Where in a block a quote is broken, and how.
pub(super) type Broken = (usize, &'static str);

impl Signs {
    /// The places behind rows that end in `block`, about one in each `every` bytes, and that behind the last whole row. The block begins where a row
    /// does; where it is the file's last, its end is a row's end.
    ///
    /// # Errors
    /// A quote that opens a field without closing it, or closes it too early: a reader would take the rest of the file for one field
    /// without a word.
    pub fn ends(&self, block: &[u8], every: usize, is_last: bool) -> Result<Vec<usize>, Broken> {
        let (mut ends, mut last) = (Vec::new(), 0);
        while let Some(end) = self.end(block, last, is_last)? {
            last = end;
            if last >= ends.last().copied().unwrap_or(0) + every {
                ends.push(last);
            }
        }
        if is_last {
            last = block.len();
        }
        if last > ends.last().copied().unwrap_or(0) {
            ends.push(last);
        }
        Ok(ends)
    }

    /// The place behind the end of the row that begins at `at`; none where the block ends first.
    fn end(&self, block: &[u8], mut at: usize, is_last: bool) -> Result<Option<usize>, Broken> {
        if block.get(at).is_some_and(|byte| Some(*byte) == self.comment) {
            return Ok(memchr(b'\n', &block[at..]).map(|end| at + end + 1));
        }
        loop {
            if self.quotes && block.get(at) == Some(&b'"') {
                match closed(block, at) {
                    Some(behind) => at = behind,
                    None if is_last => return Err((at, "the quote that opens a field is never closed")),
                    None => return Ok(None),
                }
                if block.get(at).is_some_and(|byte| *byte != self.delimiter && !matches!(byte, b'\n' | b'\r')) {
                    return Err((at, "text stands behind the quote that closes a field"));
                }
            } else {
                match memchr3(self.delimiter, b'\n', b'\r', &block[at..]) {
                    Some(there) => at += there,
                    None => return Ok(None),
                }
            }
            match block.get(at) {
                None => return Ok(None),
                Some(b'\r') if block.get(at + 1) == Some(&b'\n') => return Ok(Some(at + 2)),
                Some(b'\n' | b'\r') => return Ok(Some(at + 1)),
                Some(_) => at += 1,
            }
        }
    }
}

/// The place behind the quote that closes the field which the quote at `opened` opens. Two of them in it are one.
fn closed(block: &[u8], opened: usize) -> Option<usize> {
    let mut at = opened + 1;
    loop {
        at += memchr(b'"', block.get(at..)?)? + 1;
        if block.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::formats::fields::Fields;
    use proptest::prelude::*;

    const SIGNS: Signs = Signs { delimiter: b',', quotes: true, comment: Some(b'#') };

    fn ends(text: &str, is_last: bool) -> Result<Vec<usize>, Broken> {
        SIGNS.ends(text.as_bytes(), 1, is_last)
    }

    #[test]
    fn rows_end_with_their_lines_but_for_lines_in_quotes() {
        assert_eq!(ends("a,b\n\"c\nd\",e\r\nf", false).unwrap(), [4, 13]);
        assert_eq!(ends("a,b\n\"c\nd\",e\r\nf", true).unwrap(), [4, 13, 14]);
        assert_eq!(ends("a\rb\r\r\n#\"\n\"\"\"\",\n", true).unwrap(), [2, 4, 6, 9, 15]);
        assert_eq!(ends("a,\"b\n", false).unwrap(), [0; 0]);
        assert_eq!(ends("a,\"b\n", true).unwrap_err(), (2, "the quote that opens a field is never closed"));
        assert_eq!(ends("a,\"b\"c\n", false).unwrap_err(), (5, "text stands behind the quote that closes a field"));
        assert_eq!(ends("a\"b\",\"c\"", true).unwrap(), [8]);
        let plain = Signs { quotes: false, ..SIGNS };
        assert_eq!(plain.ends(b"a,\"b\n\"c\n", 1, true).unwrap(), [5, 8]);
        assert_eq!(SIGNS.ends(b"a\nb\nc\nd\ne\n", 3, true).unwrap(), [4, 8, 10]);
    }

    proptest! {
        // What is read between two ends is what is read at one stroke.
        #[test]
        fn rows_are_the_same_whichever_way_they_are_cut(text in "[a\",\n\r#]{0,40}", every in 1_usize..20) {
            if let Ok(ends) = SIGNS.ends(text.as_bytes(), every, true) {
                let mut fields = Fields::new(SIGNS);
                let whole = fields.all(text.as_bytes());
                let starts = [0].into_iter().chain(ends.iter().copied());
                let parts: Vec<_> = starts.zip(&ends).flat_map(|(from, to)| fields.all(&text.as_bytes()[from..*to])).collect();
                prop_assert_eq!(whole, parts);
            }
        }
    }
}
