//! Tables with a JSON object in each line, or with an array of such objects.

use super::again::{Again, Reader};
use super::blocks::{self, Piece, Rows};
use super::format::{Format, Found, Read};
use super::not_numbers;
use crate::error::{Error, Result, did_you_mean};
use crate::ml::data::table::{Cells, Collected, Column, Missing, Part, TableOptions, at, shortened};
use crate::ml::data::utf8::decode;
use memchr::{memchr, memrchr};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

pub(super) const JSON_LINES: Format = Format { endings: &["jsonl", "ndjson", "json"], rows };

fn rows(file: &Found, into: &mut Collected) -> Result<Read> {
    let Found { path, source, options } = file;
    let beginning = source.part(0, 1 << 10)?;
    if beginning.trim_ascii_start().starts_with(b"[") {
        of_array(path, &source.part(0, usize::MAX)?, options, into)?;
        return Ok(Read::default());
    }
    let reader = JsonLines { path: path.to_path_buf(), options: (*options).clone() };
    blocks::read(path, source, (0, 1), &reader, into)?;
    Ok(Read { notes: Vec::new(), again: Some(Box::new(reader)) })
}

#[derive(Debug)]
struct JsonLines {
    path: PathBuf,
    options: TableOptions,
}

impl Rows for JsonLines {
    fn ends(&self, block: &[u8], every: usize, is_last: bool) -> Result<Vec<usize>, (usize, String)> {
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(end) = block.get(at + every..).and_then(|rest| memchr(b'\n', rest)) {
            at += every + end + 1;
            ends.push(at);
        }
        let last = if is_last { Some(block.len()) } else { memrchr(b'\n', block).map(|end| end + 1) };
        ends.extend(last.filter(|last| *last > at));
        Ok(ends)
    }

    fn read(&self, piece: &Piece) -> Part {
        let mut part = Part::default();
        let mut place = piece.place;
        for (number, line) in (piece.line..).zip(piece.bytes.split_inclusive(|byte| *byte == b'\n')) {
            if !line.trim_ascii().is_empty() {
                let row = object(line.strip_suffix(b"\n").unwrap_or(line)).and_then(|(object, replaced)| {
                    part.add(place, &cells(&object, number, replaced, &self.options)?, &self.options);
                    Ok(())
                });
                if let Err(why) = row {
                    part.end(at(&self.path, number, why));
                    break;
                }
            }
            place += line.len() as u64;
        }
        part
    }

    fn too_long(&self) -> &'static str {
        "expected a JSON object {…} in each line"
    }
}

impl Again for JsonLines {
    fn reader(&self) -> Reader<'_> {
        Box::new(|bytes, each| {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let row = object(line)
                .and_then(|(object, _)| Ok(each(cells(&object, 0, 0, &self.options)?.text.unwrap_or_default())));
            row.unwrap_or_else(|why| {
                Err(Error::data(format!("{} has changed since its rows were counted: {why}", self.path.display())))
            })
        })
    }
}

/// The object in a line, and how many characters had to be replaced.
fn object(line: &[u8]) -> Result<(Map<String, Value>, usize), String> {
    let (line, replaced) = decode(line);
    let object =
        not_numbers::read(&line).map_err(|e| format!("expected a JSON object {{…}} in each line; {}", reason(&e)))?;
    Ok((object, replaced))
}

/// An array of objects, whose elements are counted from 1.
fn of_array(path: &Path, bytes: &[u8], options: &TableOptions, into: &mut Collected) -> Result<()> {
    let (text, replaced) = decode(bytes);
    let wrong = |e| Error::data(format!("{}: expected a JSON array of objects, [{{…}}, …]; {e}", path.display()));
    let elements: Vec<Map<String, Value>> = not_numbers::read(&text).map_err(wrong)?;
    (1..).zip(&elements).try_for_each(|(number, object)| {
        // Of the whole file: which texts the characters are in, is not known.
        let replaced = if number == 1 { replaced } else { 0 };
        let cells = cells(object, number, replaced, options)
            .map_err(|why| Error::data(format!("{}, element {number}: {why}", path.display())))?;
        into.add(cells)
    })
}

fn cells<'o>(
    object: &'o Map<String, Value>,
    line: u64,
    replaced: usize,
    options: &TableOptions,
) -> Result<Cells<'o>, String> {
    let (mut texts, mut has_text): (Vec<&'o str>, bool) = (Vec::new(), false);
    let columns: Vec<Column> = options.text.iter().flat_map(|column| several(object, column)).collect();
    let several_columns = columns.len() > 1;
    for column in &columns {
        match field_of(object, column, "text_column", options)? {
            // Of several, those that say nothing leave no trace.
            Value::String(text) if several_columns && text.trim().is_empty() => has_text = true,
            Value::String(text) => texts.push(text),
            Value::Null => {}
            other => return Err(format!("`{column}` is {}, expected a text", kind(other))),
        }
    }
    let label = match &options.label {
        None => None,
        Some(column) => match field_of(object, column, "label_column", options)? {
            Value::String(name) => Some(Cow::Borrowed(name.as_str())),
            Value::Null => None,
            value @ (Value::Number(_) | Value::Bool(_)) => Some(Cow::Owned(value.to_string())),
            other => return Err(format!("`{column}` is {}, expected a text or a number", kind(other))),
        },
    };
    let text = match texts.as_slice() {
        [] if !has_text => None,
        [only] => Some(Cow::Borrowed(*only)),
        several => Some(Cow::Owned(several.join(&options.join))),
    };
    Ok(Cells { line, text, label, replaced })
}

/// A column, or those of a list such as `title,body`.
fn several(object: &Map<String, Value>, column: &Column) -> Vec<Column> {
    match column {
        Column::Name(list) if list.contains(',') && within(object, list).is_none() => Column::listed(list),
        _ => vec![column.clone()],
    }
}

/// What stands under a name; `review.text` is in the object `review`, unless a field has that very name.
fn within<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o Value> {
    object.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        within(object.get(first)?.as_object()?, rest)
    })
}

/// A field; where rows without a label or a text are to be left out, null for one that is not there.
fn field_of<'o>(
    object: &'o Map<String, Value>,
    column: &Column,
    option: &str,
    options: &TableOptions,
) -> Result<&'o Value, String> {
    match field(object, column, option) {
        Err(_) if options.missing == Missing::Skip && matches!(column, Column::Name(_)) => Ok(&Value::Null),
        found => found,
    }
}

fn field<'o>(object: &'o Map<String, Value>, column: &Column, option: &str) -> Result<&'o Value, String> {
    let Column::Name(name) = column else {
        return Err(format!("{option} is {column}, but the fields of JSON have names, no numbers"));
    };
    within(object, name).ok_or_else(|| {
        let known: Vec<&str> = object.keys().map(String::as_str).collect();
        let nearest = did_you_mean(name, &known);
        let shown = |(name, value): (&String, &Value)| match value.as_object() {
            Some(inner) => inner.keys().map(|key| format!("`{}.{}`", shortened(name), shortened(key))).collect(),
            None => vec![format!("`{}`", shortened(name))],
        };
        let list = object.iter().flat_map(shown).collect::<Vec<_>>().join(", ");
        format!("no field `{name}`{nearest} (the line has {list}; {option}: \"NAME\" says which it is)")
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What the parser says, without its own count of lines, which is always 1 here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    format!("{} at column {}", text.split(" at line ").next().unwrap_or(&text), error.column())
}
