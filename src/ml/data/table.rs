//! One's own data: a table with a text and a label in each row, as CSV, TSV or JSON lines.

use super::listing::decode;
use crate::access;
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::interrupt;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// How a table is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// The name of the column that holds the texts.
    pub text: String,
    /// The name of the column that holds the labels.
    pub label: String,
    /// Whether `"` encloses fields of CSV and TSV (doubled inside); otherwise it is a character like any other.
    pub quotes: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        TableOptions { text: "text".into(), label: "label".into(), quotes: true }
    }
}

/// A table's rows, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub path: PathBuf,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where the row begins, from 1.
    pub line: u64,
    pub text: String,
    pub label: String,
    /// Characters of the text that stand for bytes which were not UTF-8.
    pub replaced: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Fields with this byte between them.
    Fields(u8),
    JsonLines,
}

/// The endings of the names of files that are read as tables.
const ENDINGS: [(&str, Format); 6] = [
    ("csv", Format::Fields(b',')),
    ("tsv", Format::Fields(b'\t')),
    ("tab", Format::Fields(b'\t')),
    ("jsonl", Format::JsonLines),
    ("ndjson", Format::JsonLines),
    ("json", Format::JsonLines),
];

/// What the endings of tables are, for messages.
pub(super) const EXPECTED: &str = "a file that ends in .csv, .tsv or .jsonl";

fn format_of(path: &Path) -> Option<Format> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    ENDINGS.iter().find(|(e, _)| *e == ending).map(|(_, format)| *format)
}

/// Whether a file of this name is read as a table.
pub fn is_table(path: &Path) -> bool {
    format_of(path).is_some()
}

impl Table {
    /// Reads all rows. Bytes of the texts that are not UTF-8 become U+FFFD and are counted.
    ///
    /// # Errors
    /// A file that cannot be read or is none of the formats; no such columns; no rows; a row with more or fewer fields than
    /// the first, without a label, or with broken quotes. All but the first name the line.
    pub fn read(path: &Path, options: &TableOptions) -> Result<Table> {
        let name = path.display();
        let format = format_of(path).ok_or_else(|| Error::data(format!("{name} is no table: expected {EXPECTED}")))?;
        let bytes = access::read(path)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let rows = match format {
            Format::Fields(delimiter) => fields(path, bytes, delimiter, options)?,
            Format::JsonLines => json_lines(path, bytes, options)?,
        };
        if rows.is_empty() {
            let TableOptions { text, label, .. } = options;
            return Err(Error::data(format!("{name} holds no rows (expected the columns `{text}` and `{label}`)")));
        }
        Ok(Table { path: path.to_path_buf(), rows })
    }
}

/// An error in a line of a file: `mine.csv:4: …`.
fn at(path: &Path, line: u64, why: impl std::fmt::Display) -> Error {
    Error::data(format!("{}:{line}: {why}", path.display()))
}

fn fields(path: &Path, bytes: &[u8], delimiter: u8, options: &TableOptions) -> Result<Vec<Row>> {
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

fn shortened(text: &str) -> String {
    match text.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
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

fn json_lines(path: &Path, bytes: &[u8], options: &TableOptions) -> Result<Vec<Row>> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(at(path, 1, "a JSON array; expected JSON lines, an object {…} in each line"));
    }
    let lines: Vec<(u64, &[u8])> =
        (1..).zip(bytes.split(|b| *b == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
    lines
        .into_par_iter()
        .map(|(number, line)| json_row(line, number, options).map_err(|why| at(path, number, why)))
        .collect()
}

fn json_row(line: &[u8], number: u64, options: &TableOptions) -> Result<Row, String> {
    let TableOptions { text, label, .. } = options;
    let (line, replaced) = decode(line.to_vec());
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line)
        .map_err(|e| format!("expected a JSON object {{…}} in each line; {}", reason(&e)))?;
    let field = |name: &str, option: &str| {
        object.get(name).ok_or_else(|| {
            let known: Vec<&str> = object.keys().map(String::as_str).collect();
            let nearest = did_you_mean(name, &known);
            let list = known.iter().map(|n| format!("`{}`", shortened(n))).collect::<Vec<_>>().join(", ");
            format!("no field `{name}`{nearest} (the line has {list}; {option}: \"NAME\" says which it is)")
        })
    };
    let found = field(text, "text_column")?;
    let words = found.as_str().ok_or_else(|| format!("`{text}` is {}, expected a text", kind(found)))?.to_string();
    let label = match field(label, "label_column")? {
        serde_json::Value::String(name) if !name.trim().is_empty() => name.trim().to_string(),
        value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => value.to_string(),
        other => return Err(format!("`{label}` is {}, expected a text or a number", kind(other))),
    };
    Ok(Row { line: number, text: words, label, replaced })
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "true or false",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(text) if text.trim().is_empty() => "an empty text",
        serde_json::Value::String(_) => "a text",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
}

/// What the parser says, without its own count of lines, which is always 1 here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    format!("{} at column {}", text.split(" at line ").next().unwrap_or(&text), error.column())
}

/// What a table's labels are called, as classes in a stable order: numbers by size (`1.0` and `1` are one), names by the
/// alphabet.
pub(super) fn class_names<'a>(labels: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let numeric = are_numbers(labels.clone());
    let mut names: Vec<String> = labels.map(|label| canonical(label, numeric)).collect();
    match numeric {
        true => names.sort_by(|a, b| number(a).total_cmp(&number(b))),
        false => names.sort(),
    }
    names.dedup();
    names
}

pub(super) fn are_numbers<'a>(mut labels: impl Iterator<Item = &'a str>) -> bool {
    labels.all(|label| number(label).is_finite())
}

/// The one way in which a label is written.
pub(super) fn canonical(label: &str, numeric: bool) -> String {
    if numeric && number(label).is_finite() { number(label).to_string() } else { label.to_string() }
}

fn number(label: &str) -> f64 {
    // Adding 0 makes the zero that -0 is written as `0`.
    label.parse::<f64>().map_or(f64::NAN, |n| n + 0.0)
}

/// `path` and what is known of it as an error's beginning.
pub(super) fn unknown_label(path: &Path, row: &Row, names: &[String], whose: &str) -> Error {
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let nearest = did_you_mean(&row.label, &known);
    let list = known.join(", ");
    let label = shortened(&row.label);
    Error::new(
        ErrorKind::Data,
        format!("{}:{}: label `{label}` is not among {whose}{nearest} (they are {list})", path.display(), row.line),
    )
}
