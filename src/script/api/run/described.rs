//! The options of a training in words that JSON has: functions as they stand in their source.

use super::rows::to_json;
use crate::ml::run::Record;
use crate::script::language::sources::Sources;
use rhai::{Array, Dynamic, FnPtr, Map};
use serde_json::{Value, json};

/// How deep, and how many values of each, is told of what functions have captured.
const DEEPEST: usize = 4;
const MOST: usize = 64;

/// A number, a text, or an array of them: what can be read again from JSON as it was.
pub fn is_plain(value: &Dynamic) -> bool {
    let one = |v: &Dynamic| v.is_int() || v.is_float() || v.is_bool() || v.is_string();
    one(value) || value.read_lock::<Array>().is_some_and(|array| array.iter().all(one))
}

/// An option: a function as its text.
pub fn plain(sources: &Sources, value: &Dynamic) -> Value {
    let text = value.read_lock::<FnPtr>().and_then(|function| sources.text_of(function.fn_name()));
    text.filter(|(text, ..)| !text.is_empty()).map_or_else(|| to_json(value), |(text, ..)| Value::String(text))
}

/// Of those options that are functions: where each stands (`s.rhai:12`), and what it has captured, by its names.
pub fn functions(sources: &Sources, options: &Map) -> Record {
    let of = |(name, value): (&_, &Dynamic)| {
        let function = value.read_lock::<FnPtr>()?;
        Some((ToString::to_string(name), place_and_captured(sources, &function, 0)))
    };
    options.iter().filter_map(of).collect()
}

fn place_and_captured(sources: &Sources, function: &FnPtr, depth: usize) -> Value {
    let (at, names) = match sources.text_of(function.fn_name()) {
        Some((_, at, names)) => (Value::String(at), names),
        None => (Value::Null, Vec::new()),
    };
    let captured = function.iter_curry().zip(&names).take(MOST);
    let captured: Record = captured.map(|(value, name)| (name.clone(), shown(sources, value, depth + 1))).collect();
    json!({ "at": at, "captured": captured })
}

/// A captured value; of what is no plain one, its type.
fn shown(sources: &Sources, value: &Dynamic, depth: usize) -> Value {
    // Variables that closures share are boxes with the value in it.
    let value = &value.flatten_clone();
    let is_short = value.read_lock::<Array>().is_none_or(|array| array.len() <= MOST);
    if is_plain(value) && is_short || value.is_unit() {
        return to_json(value);
    }
    if let Some(function) = value.read_lock::<FnPtr>().filter(|_| depth < DEEPEST) {
        let mut shown = place_and_captured(sources, &function, depth);
        shown["text"] = plain(sources, value);
        return shown;
    }
    if let Some(map) = value.read_lock::<Map>().filter(|map| depth < DEEPEST && map.len() <= MOST) {
        return map.iter().map(|(name, value)| (name.to_string(), shown(sources, value, depth + 1))).collect();
    }
    Value::String(value.type_name().rsplit("::").next().unwrap_or_default().trim_end_matches("Handle").to_string())
}
