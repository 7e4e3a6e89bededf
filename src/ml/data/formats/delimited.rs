//! Tables whose rows have their fields one behind the other: CSV and TSV.

use super::again::{Again, Reader};
use super::blocks::{self, Piece, Rows, lines};
use super::delimiter::{Places, found, places};
use super::fields::{Fields, Row};
use super::format::{Format, Found, Read};
use super::quotes::Signs;
use crate::error::{Error, Result};
use crate::ml::data::table::{Cells, Collected, Part, TableOptions, at};
use crate::ml::data::utf8::decode;
use std::borrow::Cow;
use std::path::PathBuf;

pub(super) const CSV: Format = Format { endings: &["csv"], rows: |found, into| rows(found, b',', into) };

pub(super) const TSV: Format = Format { endings: &["tsv", "tab"], rows: |found, into| rows(found, b'\t', into) };

/// So much of a file is looked at for its header.
const HEADER: usize = 1 << 20;

/// The rows of a file whose fields have `usual` between them, or what the options say, or what is found.
fn rows(file: &Found, usual: u8, into: &mut Collected) -> Result<Read> {
    let Found { path, source, options } = file;
    let mut notes = Vec::new();
    let all = source.part(0, HEADER)?;
    let (said, excels) = told_to_excel(&all);
    let beginning = &all[excels..];
    // As files of old have them, which have nothing else.
    let line_end = if memchr::memchr(b'\n', &all).is_none() && all.contains(&b'\r') { b'\r' } else { b'\n' };
    let line = |place: usize| 1 + lines(&all[..excels + place], line_end);
    let delimiter = options.delimiter.or(said).unwrap_or_else(|| found(beginning, usual, options));
    if delimiter != usual && options.delimiter.is_none() {
        notes.push(format!("its fields have `{}` between them", shown(delimiter)));
    }
    let signs = Signs { delimiter, quotes: options.quotes, comment: options.comment };
    signs
        .ends(beginning, HEADER, all.len() as u64 == source.len())
        .map_err(|(place, why)| at(path, line(place), with_hint(why)))?;
    let mut fields = Fields::new(signs);
    let Some(first) = fields.next(beginning, 0) else { return Ok(Read { notes, again: None }) };
    let names: Vec<String> = first.fields().map(|field| decode(field).0.trim().to_string()).collect();
    let places = places(path, &names, options).map_err(|e| taken(e, delimiter, usual))?;
    let begin = if options.header { first.end } else { 0 };
    if options.header && first.comments.0 > 0 {
        let mut before = Part::default();
        before.add_comments(first.comments.0, line(first.comments.1));
        into.add_part(before)?;
    }
    let begin = ((excels + begin) as u64, line(begin));
    let reader = Delimited { path: path.to_path_buf(), signs, line_end, places, names, options: (*options).clone() };
    blocks::read(path, source, begin, &reader, into)?;
    Ok(Read { notes, again: Some(Box::new(reader)) })
}

/// How the rows of one file are read.
#[derive(Debug)]
struct Delimited {
    path: PathBuf,
    signs: Signs,
    /// What ends a line.
    line_end: u8,
    places: Places,
    /// What the first line holds.
    names: Vec<String>,
    options: TableOptions,
}

impl Rows for Delimited {
    fn ends(&self, block: &[u8], every: usize, is_last: bool) -> Result<Vec<usize>, (usize, String)> {
        self.signs.ends(block, every, is_last).map_err(|(place, why)| (place, with_hint(why)))
    }

    fn read(&self, piece: &Piece) -> Part {
        let mut part = Part::default();
        let mut fields = Fields::new(self.signs);
        let (mut line, mut place) = (piece.line, 0);
        while let Some(row) = fields.next(piece.bytes, place) {
            let first_comment = line + lines(&piece.bytes[place..row.comments.1.max(place)], self.line_end);
            line += lines(&piece.bytes[place..row.start], self.line_end);
            part.add_comments(row.comments.0, first_comment);
            if let Err(error) = self.add(&row, piece.place + row.start as u64, line, &mut part) {
                part.end(error);
                break;
            }
            line += lines(&piece.bytes[row.start..row.end], self.line_end);
            place = row.end;
        }
        part
    }

    fn line_end(&self) -> u8 {
        self.line_end
    }

    fn too_long(&self) -> &'static str {
        "is a quote in it never closed? `quotes: false` reads all quotes as plain characters"
    }
}

impl Delimited {
    fn add(&self, row: &Row, place: u64, line: u64, part: &mut Part) -> Result<()> {
        let Delimited { path, places, names, options, .. } = self;
        if row.width() != places.width {
            let (width, expected) = (row.width(), places.width);
            return Err(at(path, line, format!("{width} columns, expected {expected} as in the first line")));
        }
        let label = places.label.map(|place| decode(row.field(place)).0);
        let is_header = || row.fields().zip(names).all(|(field, name)| field.trim_ascii() == name.as_bytes());
        if options.header && is_header() {
            part.add_header(line);
            return Ok(());
        }
        let (text, replaced) = self.text(row);
        let spans = row.is_quoted() && text.contains('\n') && text.contains(char::from(self.signs.delimiter));
        part.add(place, &Cells { line, text: Some(text), label, replaced }, options);
        if spans {
            part.last_spans();
        }
        Ok(())
    }

    /// The row's text, of several columns joined but for empty ones, and how many characters in it had to be replaced.
    fn text<'r>(&self, row: &'r Row) -> (Cow<'r, str>, usize) {
        if let [only] = self.places.texts.as_slice() {
            return decode(row.field(*only));
        }
        let texts: Vec<(Cow<str>, usize)> = self.places.texts.iter().map(|place| decode(row.field(*place))).collect();
        let parts = texts.iter().map(|(text, _)| text.as_ref()).filter(|text| !text.trim().is_empty());
        let joined = parts.collect::<Vec<_>>().join(&self.options.join);
        (Cow::Owned(joined), texts.iter().map(|(_, replaced)| replaced).sum())
    }
}

impl Again for Delimited {
    fn reader(&self) -> Reader<'_> {
        let mut fields = Fields::new(self.signs);
        Box::new(move |bytes, each| {
            // A file that has changed may have no row here any more.
            let Some(row) = fields.next(bytes, 0) else { return each(Cow::Borrowed("")) };
            each(self.text(&row).0)
        })
    }
}

fn with_hint(why: &str) -> String {
    format!("{why} (a quote in a quoted field is doubled; `quotes: false` reads all quotes as plain characters)")
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
