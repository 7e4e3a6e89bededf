//! Tables with a JSON object in each line, or with an array of such objects.

use super::format::{Format, Found};
use crate::error::{Error, Result, did_you_mean};
use crate::ml::data::table::{Cells, Collected, Column, TableOptions, at, shortened};
use crate::ml::data::utf8::decode;
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::path::Path;

pub(super) const JSON_LINES: Format = Format { endings: &["jsonl", "ndjson", "json"], rows };

fn rows(file: &Found, into: &mut Collected) -> Result<Vec<String>> {
    let Found { path, bytes, options } = file;
    let cells = match bytes.trim_ascii_start().starts_with(b"[") {
        true => of_array(path, bytes, options)?,
        false => of_lines(path, bytes, options)?,
    };
    cells.into_iter().try_for_each(|cells| into.add(cells))?;
    Ok(Vec::new())
}

fn of_lines(path: &Path, bytes: &[u8], options: &TableOptions) -> Result<Vec<Cells>> {
    let lines: Vec<(u64, &[u8])> =
        (1..).zip(bytes.split(|b| *b == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
    let row = |(number, line): (u64, &[u8])| {
        let (line, replaced) = decode(line.to_vec());
        let object = serde_json::from_str(&line)
            .map_err(|e| format!("expected a JSON object {{…}} in each line; {}", reason(&e)))?;
        cells(&object, number, replaced, options)
    };
    lines.into_par_iter().map(|line| row(line).map_err(|why| at(path, line.0, why))).collect()
}

/// An array of objects, whose elements are counted from 1.
fn of_array(path: &Path, bytes: &[u8], options: &TableOptions) -> Result<Vec<Cells>> {
    let (text, replaced) = decode(bytes.to_vec());
    let wrong = |e| Error::data(format!("{}: expected a JSON array of objects, [{{…}}, …]; {e}", path.display()));
    let elements: Vec<Map<String, Value>> = serde_json::from_str(&text).map_err(wrong)?;
    let element = |(number, object): (u64, &Map<String, Value>)| {
        // Of the whole file: which texts the characters are in, is not known.
        let replaced = if number == 1 { replaced } else { 0 };
        cells(object, number, replaced, options)
            .map_err(|why| Error::data(format!("{}, element {number}: {why}", path.display())))
    };
    (1..).zip(&elements).map(element).collect()
}

fn cells(object: &Map<String, Value>, line: u64, replaced: usize, options: &TableOptions) -> Result<Cells, String> {
    let mut texts = Vec::new();
    for column in &options.text {
        for column in several(object, column) {
            match field(object, &column, "text_column")? {
                Value::String(text) => texts.push(text.as_str()),
                Value::Null => {}
                other => return Err(format!("`{column}` is {}, expected a text", kind(other))),
            }
        }
    }
    let label = match field(object, &options.label, "label_column")? {
        Value::String(name) => Some(name.clone()),
        Value::Null => None,
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        other => return Err(format!("`{}` is {}, expected a text or a number", options.label, kind(other))),
    };
    let text = (!texts.is_empty()).then(|| texts.join(&options.join));
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
