//! How files become tables, by the endings of their names.

use super::again::{Again, TextsAgain};
use super::blob::Blob;
use super::container;
use super::source::{Opened, Source};
use crate::error::{Error, Result};
use crate::ml::data::packed::{ENDINGS, is_packed, unpacked};
use crate::ml::data::stored::ByRow;
use crate::ml::data::table::{Collected, Done, Table, TableOptions};
use std::path::Path;
use std::sync::Arc;

/// A file that is to be read.
pub(super) struct Found<'a> {
    /// For messages.
    pub path: &'a Path,
    /// Unpacked, UTF-8 (or what in UTF-8 is no character), without a byte order mark.
    pub source: &'a Source,
    pub options: &'a TableOptions,
}

/// What is known once all rows of a file are read.
#[derive(Default)]
pub(super) struct Read {
    /// What the user should know of how they were read.
    pub notes: Vec<String>,
    /// How texts are read once more; without it, they are kept.
    pub again: Option<Box<dyn Again>>,
}

/// One way to write a table.
pub(in crate::ml::data) struct Format {
    /// What the names of its files end in, in lower case; messages show the first.
    pub endings: &'static [&'static str],
    /// Adds all rows of a file.
    ///
    /// Errors: no such columns, a row of another width, without a label or with broken quotes; they name the line.
    pub(super) rows: fn(&Found, &mut Collected) -> Result<Read>,
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

    /// Reads all rows, from a packed file too. The texts of a large one stay in it, and are read whenever they are asked for, unless the options keep them. Bytes of the texts that are no characters become U+FFFD and are counted. Labels that are among `classes` are classes, whatever
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
        if let Some(notes) = container::rows(&Blob::open(path)?, options, &mut collected)? {
            return table(path, collected, Read { notes, again: None }, None);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (source, name) = self.source(path, name, options)?;
        let format = self.of(&name).ok_or_else(unknown)?;
        let read = (format.rows)(&Found { path, source: &source, options }, &mut collected)?;
        table(path, collected, read, Some(source))
    }

    /// The text of a file, and the name of what is in it.
    fn source(&self, path: &Path, name: String, options: &TableOptions) -> Result<(Source, String)> {
        let within = |e: Error| e.within(&path.display().to_string());
        let opened = Opened::new(path)?;
        let start = opened.part(0, BEGINNING)?;
        let stays = opened.is_large() && !options.keep_texts && !is_packed(&start);
        if let (true, Some(begin)) = (stays, options.encoding.begin_of_utf8(&start).map_err(within)?) {
            return Ok((Source::File(opened.from(begin as u64)), name));
        }
        let (bytes, inside) = unpacked(path, opened.bytes()?, |name| self.of(name).is_some())?;
        // What was packed and has columns that lie apart is no text.
        let bytes = match container::is_one(&bytes) {
            true => bytes,
            false => options.encoding.to_utf8(bytes).map_err(within)?,
        };
        Ok((Source::Memory(bytes), inside.unwrap_or(name)))
    }
}

/// What was collected, as a table whose texts are kept, or are those of `source`.
fn table(path: &Path, collected: Collected, read: Read, source: Option<Source>) -> Result<Table> {
    let (texts, label) = collected.columns();
    let expected = match label {
        Some(label) => format!("expected the columns {texts} and `{label}`"),
        None => format!("expected the column {texts}"),
    };
    let Read { mut notes, again } = read;
    let Done { rows, places, kept, notes: others } = collected.done()?;
    notes.extend(others);
    if rows.len() == 0 {
        notes.push(expected);
        let why = notes.join("; ");
        return Err(Error::data(format!("{} holds no rows ({why})", path.display())));
    }
    let texts: Arc<dyn ByRow> = match (again, source) {
        (Some(format), Some(source)) => Arc::new(TextsAgain { source, places, format }),
        _ => Arc::new(kept),
    };
    Ok(Table { path: path.to_path_buf(), rows, texts, notes })
}

/// By so much of a file it is known how it is packed and what its characters are written in.
const BEGINNING: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::formats::{FORMATS, json_lines};
    use crate::ml::data::table::Cells;
    use crate::ml::data::utf8::decode;
    use std::borrow::Cow;

    /// A label, a colon and a text in each line.
    const TOY: Format = Format {
        endings: &["toy", "colons"],
        rows: |found, into| {
            let bytes = found.source.part(0, usize::MAX)?;
            let lines = bytes.split(|b| *b == b'\n').filter_map(|line| halves(line));
            for (line, (label, words)) in (1..).zip(lines) {
                let ((label, _), (text, replaced)) = (decode(label), decode(words));
                into.add(Cells { line, text: Some(text), label: Some(label), replaced })?;
            }
            Ok(Read::default())
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
            table.map(|t| {
                let (rows, mut texts) = (&t.rows, Vec::new());
                let mut each = |text: Cow<str>| {
                    texts.push(text.into_owned());
                    Ok(())
                };
                t.texts.read(&(0..rows.len() as u32).collect::<Vec<_>>(), &mut each).unwrap();
                let labels = rows.labels.iter().map(|label| rows.names.word(*label as usize).unwrap().to_string());
                let all =
                    rows.lines.iter().copied().zip(labels).zip(texts).map(|((line, label), text)| (line, label, text));
                (all.collect::<Vec<_>>(), rows.replaced.clone())
            })
        };
        let rows = vec![(1, "pos".into(), "fine".into()), (2, "neg".into(), "d\u{fffd}ll".into())];
        for name in ["a.toy", "a.TOY", "a.colons"] {
            assert_eq!(
                read(name, b"\xef\xbb\xbfpos:fine\nneg:d\xffll").unwrap(),
                (rows.clone(), vec![(1, 1)]),
                "{name}"
            );
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
