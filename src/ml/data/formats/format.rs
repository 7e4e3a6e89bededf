//! How files become tables, by the endings of their names.

use super::blob::Blob;
use super::container;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::data::packed::{ENDINGS, unpacked};
use crate::ml::data::table::{Collected, Table, TableOptions};
use std::path::Path;

/// A file that is to be read.
pub(in crate::ml::data) struct Found<'a> {
    /// For messages.
    pub path: &'a Path,
    /// Unpacked, UTF-8 (or what in UTF-8 is no character), without a byte order mark.
    pub bytes: &'a [u8],
    pub options: &'a TableOptions,
}

/// One way to write a table.
pub(in crate::ml::data) struct Format {
    /// What the names of its files end in, in lower case; messages show the first.
    pub endings: &'static [&'static str],
    /// Adds all rows of a file, and gives what the user should know of how they were read.
    ///
    /// Errors: no such columns, a row of another width, without a label or with broken quotes; they name the line.
    pub rows: fn(&Found, &mut Collected) -> Result<Vec<String>>,
}

/// Formats that do not share an ending.
pub(in crate::ml::data) struct Formats(pub &'static [Format]);

impl Formats {
    /// The format of a file of this name, whether or not its ending is in capitals, or has another behind it that says how it is packed.
    fn of(&self, name: &str) -> Option<&Format> {
        let name = name.to_lowercase();
        let (before, ending) = name.rsplit_once('.')?;
        let ending = match ENDINGS.contains(&ending) {
            true => before.rsplit_once('.')?.1,
            false => ending,
        };
        self.0.iter().find(|format| format.endings.contains(&ending))
    }

    /// Whether a file of this name is read as a table. What is in an archive tells its own name.
    pub fn reads(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.of(&name).is_some() || name.to_lowercase().ends_with(".zip")
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

    /// Reads all rows, from a packed file too. Bytes of the texts that are no characters become U+FFFD and are counted. Labels that are among `classes` are classes, whatever
    /// they look like.
    ///
    /// # Errors
    /// A file that cannot be read or is none of the formats; no rows; as [`Format::rows`].
    pub fn read(&self, path: &Path, options: &TableOptions, classes: &[String]) -> Result<Table> {
        let shown = path.display();
        let unknown = || Error::data(format!("{shown} is no table: expected {}", self.expected()));
        if !self.reads(path) {
            return Err(unknown());
        }
        let mut collected = Collected::new(path, options, classes);
        if let Some(notes) = container::rows(&Blob::open(path)?, options, &mut |cells| collected.add(cells))? {
            return table(path, collected, notes, options);
        }
        let (bytes, inside) = unpacked(path, access::read(path)?, |name| self.of(name).is_some())?;
        let name = inside.unwrap_or_else(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        let format = self.of(&name).ok_or_else(unknown)?;
        // What was packed and has columns that lie apart is no text.
        let bytes = match container::is_one(&bytes) {
            true => bytes,
            false => options.encoding.to_utf8(bytes).map_err(|e| e.within(&shown.to_string()))?,
        };
        let notes = (format.rows)(&Found { path, bytes: &bytes, options }, &mut collected)?;
        table(path, collected, notes, options)
    }
}

/// What was collected, as a table.
fn table(path: &Path, collected: Collected, mut notes: Vec<String>, options: &TableOptions) -> Result<Table> {
    let (rows, others) = collected.done()?;
    notes.extend(others);
    if rows.is_empty() {
        let (shown, texts, label) = (path.display(), options.texts(), &options.label);
        let why =
            if notes.is_empty() { format!("expected the columns {texts} and `{label}`") } else { notes.join("; ") };
        return Err(Error::data(format!("{shown} holds no rows ({why})")));
    }
    Ok(Table { path: path.to_path_buf(), rows, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::formats::{FORMATS, json_lines};
    use crate::ml::data::table::Cells;
    use crate::ml::data::utf8::decode;

    /// A label, a colon and a text in each line.
    const TOY: Format = Format {
        endings: &["toy", "colons"],
        rows: |found, into| {
            let lines = found.bytes.split(|b| *b == b'\n').filter_map(|line| halves(line));
            for (line, (label, words)) in (1..).zip(lines) {
                let ((label, _), (text, replaced)) = (decode(label.to_vec()), decode(words.to_vec()));
                into.add(Cells { line, text: Some(text), label: Some(label), replaced })?;
            }
            Ok(Vec::new())
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
            let table = WITH_TOY.read(&path, &TableOptions::default(), &[]);
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
