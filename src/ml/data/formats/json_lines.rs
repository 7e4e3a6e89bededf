//! Tables with a JSON object in each line.

use super::format::Format;
use crate::error::{Result, did_you_mean};
use crate::ml::data::table::{Row, TableOptions, at, shortened};
use crate::ml::data::utf8::decode;
use rayon::prelude::*;
use std::path::Path;

pub(super) const JSON_LINES: Format = Format { endings: &["jsonl", "ndjson", "json"], rows };

fn rows(path: &Path, bytes: &[u8], options: &TableOptions) -> Result<Vec<Row>> {
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
