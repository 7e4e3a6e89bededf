//! Tables whose rows have their fields one behind the other: CSV and TSV.

use super::format::Format;
use crate::error::{Error, Result, did_you_mean};
use crate::interrupt;
use crate::ml::data::table::{Row, TableOptions, at, shortened};
use crate::ml::data::utf8::decode;
use std::path::Path;

pub(super) const CSV: Format =
    Format { endings: &["csv"], rows: |path, bytes, options| rows(path, bytes, b',', options) };

pub(super) const TSV: Format =
    Format { endings: &["tsv", "tab"], rows: |path, bytes, options| rows(path, bytes, b'\t', options) };

/// The rows of a file whose fields have `delimiter` between them.
fn rows(path: &Path, bytes: &[u8], delimiter: u8, options: &TableOptions) -> Result<Vec<Row>> {
    if let Some((line, why)) = broken_quote(bytes, delimiter).filter(|_| options.quotes) {
        let hint = "a quote in a quoted field is doubled; `quotes: false` reads all quotes as plain characters";
        return Err(at(path, line, format!("{why} ({hint})")));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true) // The message for rows of other widths is our own.
        .delimiter(delimiter)
        .quoting(options.quotes)
        .from_reader(bytes);
    let mut header: Option<(usize, usize, usize)> = None;
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|e| Error::file("read", path, e))?;
        let line = lines.of(record.position().map_or(0, |p| p.byte() as usize));
        let Some((text, label, width)) = header else {
            let names: Vec<String> = record.iter().map(|f| decode(f.to_vec()).0.trim().to_string()).collect();
            let place = |name: &str, option| column(path, &names, name, option);
            header = Some((place(&options.text, "text_column")?, place(&options.label, "label_column")?, names.len()));
            continue;
        };
        if record.len() != width {
            return Err(at(path, line, format!("{} columns, expected {width} as in the first line", record.len())));
        }
        let cell = |column| decode(record.get(column).unwrap_or_default().to_vec());
        let (text, replaced) = cell(text);
        rows.push(Row { line, text, label: cell(label).0.trim().to_string(), replaced });
        if rows.len() % 4096 == 0 {
            interrupt::check()?;
        }
    }
    match rows.iter().find(|row| row.label.is_empty()) {
        Some(row) => Err(at(path, row.line, format!("the column `{}` is empty, expected a label", options.label))),
        None => Ok(rows),
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

/// The place of a column.
fn column(path: &Path, names: &[String], name: &str, option: &str) -> Result<usize> {
    let mut places = names.iter().enumerate().filter(|(_, n)| *n == name).map(|(i, _)| i);
    let path = path.display();
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(Error::data(format!("{path} has two columns `{name}`, expected one"))),
        (None, _) => {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let nearest = did_you_mean(name, &known);
            let shown: Vec<String> = names.iter().map(|n| format!("`{}`", shortened(n))).collect();
            Err(Error::data(format!(
                "{path} has no column `{name}`{nearest} (its first line names {}; {option}: \"NAME\" says which it is)",
                shown.join(", ")
            )))
        }
    }
}

/// The line of the first quote that opens a field without closing it, or closes it too early, and what is wrong. The reader
/// would take the rest of the file for one field without a word.
fn broken_quote(bytes: &[u8], delimiter: u8) -> Option<(u64, &'static str)> {
    #[derive(PartialEq)]
    enum State {
        Start,
        Plain,
        Quoted,
        /// Behind a quote within a quoted field: its end, or the first of two.
        Quote,
    }
    let (mut state, mut line, mut opened) = (State::Start, 1, 1);
    for byte in bytes {
        let ends = *byte == delimiter || matches!(byte, b'\n' | b'\r');
        state = match (state, byte) {
            (State::Start, b'"') => {
                opened = line;
                State::Quoted
            }
            (State::Quoted, b'"') => State::Quote,
            (State::Quote, b'"') | (State::Quoted, _) => State::Quoted,
            (State::Quote, _) if !ends => return Some((line, "text stands behind the quote that closes a field")),
            _ if ends => State::Start,
            _ => State::Plain,
        };
        line += u64::from(*byte == b'\n');
    }
    (state == State::Quoted).then_some((opened, "the quote that opens a field is never closed"))
}
