//! Tables whose rows have their fields one behind the other: CSV and TSV.

use super::delimiter::{found, places, reader};
use super::format::{Format, Found};
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::data::table::{Cells, Collected, at};
use crate::ml::data::utf8::decode;

pub(super) const CSV: Format = Format { endings: &["csv"], rows: |found, into| rows(found, b',', into) };

pub(super) const TSV: Format = Format { endings: &["tsv", "tab"], rows: |found, into| rows(found, b'\t', into) };

/// The rows of a file whose fields have `usual` between them, or what the options say, or what is found.
fn rows(file: &Found, usual: u8, into: &mut Collected) -> Result<Vec<String>> {
    let Found { path, bytes, options } = file;
    let mut notes = Vec::new();
    let (said, first_line) = told_to_excel(bytes);
    let bytes = &bytes[first_line..];
    let delimiter = options.delimiter.or(said).unwrap_or_else(|| found(bytes, usual, options));
    if delimiter != usual && options.delimiter.is_none() {
        notes.push(format!("its fields have `{}` between them", shown(delimiter)));
    }
    if let Some(comment) = options.comment {
        let left_out = comments(bytes, delimiter, comment, options.quotes);
        if let Some(first) = left_out.first() {
            let (count, sign) = (left_out.len(), char::from(comment));
            let what = if count == 1 { "line begins" } else { "lines begin" };
            notes.push(format!(
                "{count} {what} with `{sign}` (the first is line {}): comments, no rows",
                first + u64::from(first_line > 0)
            ));
        }
    }
    let mut lines = Lines { bytes, at: 0, line: 1 + u64::from(first_line > 0) };
    if let Some((line, why)) = broken_quote(bytes, delimiter, options.comment).filter(|_| options.quotes) {
        let hint = "a quote in a quoted field is doubled; `quotes: false` reads all quotes as plain characters";
        return Err(at(path, line + lines.line - 1, format!("{why} ({hint})")));
    }
    let mut columns = None;
    let mut names: Vec<String> = Vec::new();
    for (number, record) in reader(bytes, delimiter, options).byte_records().enumerate() {
        let record = record.map_err(|e| Error::file("read", path, e))?;
        let line = lines.of(record.position().map_or(0, |p| p.byte() as usize));
        let is_first = columns.is_none();
        if is_first {
            names = record.iter().map(|f| decode(f.to_vec()).0.trim().to_string()).collect();
        }
        let columns = match &columns {
            Some(columns) => columns,
            None => columns.insert(places(path, &names, options).map_err(|e| taken(e, delimiter, usual))?),
        };
        if options.header && is_first {
            continue;
        }
        if record.len() != columns.width {
            let width = columns.width;
            return Err(at(path, line, format!("{} columns, expected {width} as in the first line", record.len())));
        }
        let cell = |column: usize| decode(record.get(column).unwrap_or_default().to_vec());
        let (label, _) = cell(columns.label);
        if options.header
            && label.trim() == names[columns.label]
            && record.iter().zip(&names).all(|(f, n)| f.trim_ascii() == n.as_bytes())
        {
            into.add_header(line)?;
            continue;
        }
        let texts: Vec<(String, usize)> = columns.texts.iter().map(|column| cell(*column)).collect();
        let replaced = texts.iter().map(|(_, replaced)| replaced).sum();
        let text = match texts.len() {
            1 => texts.into_iter().map(|(text, _)| text).collect(),
            _ => texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(&options.join),
        };
        into.add(Cells { line, text: Some(text), label: Some(label), replaced })?;
        if number % 4096 == 0 {
            interrupt::check()?;
        }
    }
    Ok(notes)
}

/// The same error, with the delimiter that was found where it may be at fault.
fn taken(error: Error, delimiter: u8, usual: u8) -> Error {
    if delimiter == usual {
        return error;
    }
    let (found, usual) = (shown(delimiter), shown(usual));
    let message = format!(
        "{}; its fields were taken to have `{found}` between them: delimiter: \"{usual}\" takes another",
        error.message
    );
    Error { message, ..error }
}

fn shown(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".to_string() } else { char::from(delimiter).to_string() }
}

/// What a first line `sep=;`, which is for Excel, says, and how many bytes it has.
fn told_to_excel(bytes: &[u8]) -> (Option<u8>, usize) {
    match bytes {
        [b's', b'e', b'p', b'=', byte, b'\n', ..] => (Some(*byte), 6),
        [b's', b'e', b'p', b'=', byte, b'\r', b'\n', ..] => (Some(*byte), 7),
        _ => (None, 0),
    }
}

/// Tells lines of places that come one behind the other. The reader's own count ends before the line feed that ends a row,
/// and before empty lines.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first row at or behind `place`.
    fn of(&mut self, place: usize) -> u64 {
        while let Some(byte) = self.bytes.get(self.at).filter(|b| self.at < place || matches!(b, b'\n' | b'\r')) {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// The lines that are comments.
fn comments(bytes: &[u8], delimiter: u8, comment: u8, quotes: bool) -> Vec<u64> {
    let (mut lines, mut line, mut is_begin, mut is_start, mut is_quoted) = (Vec::new(), 1, true, true, false);
    for byte in bytes {
        if is_begin && !is_quoted && *byte == comment {
            lines.push(line);
        }
        let in_comment = lines.last() == Some(&line);
        // A quote in a field changes nothing, and two of them twice.
        if quotes && *byte == b'"' && (is_start || is_quoted) && !in_comment {
            is_quoted = !is_quoted;
        }
        is_begin = matches!(byte, b'\n' | b'\r');
        is_start = is_begin || *byte == delimiter || *byte == b'"';
        line += u64::from(*byte == b'\n');
    }
    lines
}

/// The line of the first quote that opens a field without closing it, or closes it too early, and what is wrong. The reader
/// would take the rest of the file for one field without a word.
fn broken_quote(bytes: &[u8], delimiter: u8, comment: Option<u8>) -> Option<(u64, &'static str)> {
    #[derive(PartialEq)]
    enum State {
        /// Of a line.
        Begin,
        Start,
        Plain,
        Comment,
        Quoted,
        /// Behind a quote within a quoted field: its end, or the first of two.
        Quote,
    }
    let (mut state, mut line, mut opened) = (State::Begin, 1, 1);
    for byte in bytes {
        let ends = *byte == delimiter || matches!(byte, b'\n' | b'\r');
        state = match (state, byte) {
            (State::Comment, _) if *byte != b'\n' => State::Comment,
            (State::Begin, byte) if Some(*byte) == comment => State::Comment,
            (State::Begin | State::Start, b'"') => {
                opened = line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Quote,
            (State::Quote, b'"') | (State::Quoted, _) => State::Quoted,
            (State::Quote, _) if !ends => return Some((line, "text stands behind the quote that closes a field")),
            _ if *byte == delimiter => State::Start,
            _ if ends => State::Begin,
            _ => State::Plain,
        };
        line += u64::from(*byte == b'\n');
    }
    (state == State::Quoted).then_some((opened, "the quote that opens a field is never closed"))
}
