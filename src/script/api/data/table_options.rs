//! The options that say how a table is to be read.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::data::{Column, Encoding, Missing, TableOptions};
use crate::script::base::options::{Options, shown};
use rhai::{Array, Dynamic, Map};
use std::collections::BTreeMap;

/// Takes them out of `o`.
///
/// # Errors
/// A value of another type, or one that means nothing.
pub(super) fn table_options(o: &mut Options) -> Result<TableOptions> {
    let usual = TableOptions::default();
    let text = columns(o, "text_column")?.unwrap_or(usual.text);
    let label = match columns(o, "label_column")?.as_deref() {
        None => usual.label,
        Some([one]) => Some(one.clone()),
        Some(several) => {
            return Err(Error::new(ErrorKind::Option, format!("label_column is one column, got {}", several.len())));
        }
    };
    Ok(TableOptions {
        text,
        label,
        join: o.string("text_join", &usual.join)?,
        label_map: label_map(o)?,
        header: o.boolean("header", usual.header)?,
        delimiter: TableOptions::character("delimiter", &o.string("delimiter", "")?)?,
        quotes: o.boolean("quotes", usual.quotes)?,
        comment: TableOptions::character("comment", &o.string("comment", "")?)?,
        encoding: Encoding::parse(&o.string("encoding", "utf-8")?)?,
        missing: Missing::parse(&o.string("missing", "error")?)?,
        keep_texts: o.boolean("texts", usual.keep_texts)?,
    })
}

/// A name, a number from 1, or an array of such.
fn columns(o: &mut Options, name: &'static str) -> Result<Option<Vec<Column>>> {
    let Some(value) = o.take(name) else { return Ok(None) };
    let one = |value: &Dynamic| match (value.as_int(), value.clone().into_string()) {
        (Ok(place), _) => usize::try_from(place).ok().map(Column::Place),
        (_, Ok(text)) => Some(Column::Name(text)),
        _ => None,
    };
    let all: Option<Vec<Column>> = match value.read_lock::<Array>() {
        Some(array) => array.iter().map(one).collect(),
        None => one(&value).map(|column| vec![column]),
    };
    all.filter(|all| !all.is_empty()).map(Some).ok_or_else(|| {
        let message = format!(
            "option `{name}` takes a column's name, its number from 1, or an array of such, got {}",
            shown(&value)
        );
        Error::new(ErrorKind::Option, message)
    })
}

/// `#{ "0": "neg", "2": (), "4": "pos" }`, or the same as a text, `0=neg, 2=, 4=pos`.
fn label_map(o: &mut Options) -> Result<BTreeMap<String, Option<String>>> {
    let Some(value) = o.take("label_map") else { return Ok(BTreeMap::new()) };
    let wrong = || {
        let message = format!(
            "option `label_map` takes a map such as #{{ \"0\": \"neg\", \"2\": (), \"4\": \"pos\" }}, or 0=neg,2=,4=pos, got {}",
            shown(&value)
        );
        Error::new(ErrorKind::Option, message)
    };
    if let Some(map) = value.read_lock::<Map>() {
        return Ok(map
            .iter()
            .map(|(label, class)| (label.to_string(), (!class.is_unit()).then(|| class.to_string())))
            .collect());
    }
    let text = value.clone().into_string().map_err(|_| wrong())?;
    // As a message writes it: a map of the language, but for its sign JSON.
    if let Some(map) = text.trim().strip_prefix('#').filter(|map| map.starts_with('{')) {
        let map: BTreeMap<String, Option<serde_json::Value>> =
            serde_json::from_str(&map.replace("()", "null")).map_err(|_| wrong())?;
        let class = |class: serde_json::Value| class.as_str().map_or_else(|| class.to_string(), str::to_string);
        return Ok(map.into_iter().map(|(label, value)| (label, value.map(class))).collect());
    }
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (label, class) = pair.split_once('=').ok_or_else(wrong)?;
        let class = class.trim();
        Ok((label.trim().to_string(), (!class.is_empty()).then(|| class.to_string())))
    };
    pairs.map(pair).collect()
}

/// An array of names, or a text with commas between them.
///
/// # Errors
/// Something else.
pub(super) fn names(o: &mut Options, name: &'static str) -> Result<Vec<String>> {
    let Some(value) = o.take(name) else { return Ok(Vec::new()) };
    if let Ok(text) = value.clone().into_string() {
        return Ok(text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_string).collect());
    }
    let wrong =
        || Error::new(ErrorKind::Option, format!("option `{name}` takes an array of names, got {}", shown(&value)));
    let array = value.read_lock::<Array>().ok_or_else(wrong)?;
    Ok(array.iter().map(ToString::to_string).collect())
}
