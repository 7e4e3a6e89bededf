//! How files become tables, by the endings of their names.

use crate::access;
use crate::error::{Error, Result};
use crate::ml::data::table::{Row, Table, TableOptions};
use std::path::Path;

/// What some files write in front of their text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One way to write a table.
pub(in crate::ml::data) struct Format {
    /// What the names of its files end in, in lower case; messages show the first.
    pub endings: &'static [&'static str],
    /// All rows of the file at a path, which is for messages; its bytes come without a byte order mark.
    ///
    /// Errors: no such columns, a row of another width, without a label or with broken quotes; they name the line.
    pub rows: fn(&Path, &[u8], &TableOptions) -> Result<Vec<Row>>,
}

/// Formats that do not share an ending.
pub(in crate::ml::data) struct Formats(pub &'static [Format]);

impl Formats {
    /// The format of a file of this name, whether or not its ending is in capitals.
    fn of(&self, path: &Path) -> Option<&Format> {
        let ending = path.extension()?.to_string_lossy().to_lowercase();
        self.0.iter().find(|format| format.endings.contains(&ending.as_str()))
    }

    /// Whether a file of this name is read as a table.
    pub fn reads(&self, path: &Path) -> bool {
        self.of(path).is_some()
    }

    /// All endings, in the order of the formats.
    pub fn endings(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().flat_map(|format| format.endings).copied()
    }

    /// What a table is, for messages: `a file that ends in .csv, .tsv or .jsonl`.
    pub fn expected(&self) -> String {
        let firsts: Vec<String> = self.0.iter().map(|format| format!(".{}", format.endings[0])).collect();
        let (before, last) = firsts.split_at(firsts.len().saturating_sub(1));
        format!("a file that ends in {} or {}", before.join(", "), last.concat())
    }

    /// Reads all rows. Bytes of the texts that are not UTF-8 become U+FFFD and are counted.
    ///
    /// # Errors
    /// A file that cannot be read or is none of the formats; no rows; as [`Format::rows`].
    pub fn read(&self, path: &Path, options: &TableOptions) -> Result<Table> {
        let name = path.display();
        let format =
            self.of(path).ok_or_else(|| Error::data(format!("{name} is no table: expected {}", self.expected())))?;
        let bytes = access::read(path)?;
        let rows = (format.rows)(path, bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes), options)?;
        if rows.is_empty() {
            let TableOptions { text, label, .. } = options;
            return Err(Error::data(format!("{name} holds no rows (expected the columns `{text}` and `{label}`)")));
        }
        Ok(Table { path: path.to_path_buf(), rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::formats::{FORMATS, json_lines};
    use crate::ml::data::utf8::decode;

    /// A label, a colon and a text in each line.
    const TOY: Format = Format {
        endings: &["toy", "colons"],
        rows: |_, bytes, _| {
            let lines = bytes.split(|b| *b == b'\n').filter_map(|line| halves(line));
            let text = |bytes: &[u8]| decode(bytes.to_vec());
            let row = |(line, (label, words)): (u64, (&[u8], &[u8]))| Row {
                line,
                text: text(words).0,
                label: text(label).0,
                replaced: text(words).1,
            };
            Ok((1..).zip(lines).map(row).collect())
        },
    };

    fn halves(line: &[u8]) -> Option<(&[u8], &[u8])> {
        let colon = line.iter().position(|b| *b == b':')?;
        Some((&line[..colon], &line[colon + 1..]))
    }

    const WITH_TOY: Formats = Formats(&[json_lines::JSON_LINES, TOY]);

    #[test]
    fn a_format_in_the_table_is_found_by_its_endings_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, contents: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, contents).unwrap();
            let table = WITH_TOY.read(&path, &TableOptions::default());
            table.map(|t| t.rows.into_iter().map(|r| (r.line, r.label, r.text, r.replaced)).collect::<Vec<_>>())
        };
        let rows = vec![(1, "pos".into(), "fine".into(), 0), (2, "neg".into(), "d\u{fffd}ll".into(), 1)];
        for name in ["a.toy", "a.TOY", "a.colons"] {
            assert_eq!(read(name, b"\xef\xbb\xbfpos:fine\nneg:d\xffll").unwrap(), rows, "{name}");
        }
        assert_eq!(WITH_TOY.endings().collect::<Vec<_>>(), ["jsonl", "ndjson", "json", "toy", "colons"]);
        let wrong = |name| read(name, b"").unwrap_err().message;
        assert!(wrong("a.toy").ends_with("a.toy holds no rows (expected the columns `text` and `label`)"));
        assert!(wrong("a.csv").ends_with("a.csv is no table: expected a file that ends in .jsonl or .toy"));
    }

    #[test]
    fn no_two_formats_share_an_ending_and_all_are_in_lower_case() {
        let endings: Vec<&str> = FORMATS.endings().collect();
        for (i, ending) in endings.iter().enumerate() {
            assert!(!endings[..i].contains(ending) && ending.to_lowercase() == *ending, "{ending}");
            assert!(FORMATS.reads(Path::new(&format!("A.{}", ending.to_uppercase()))), "{ending}");
        }
    }
}
