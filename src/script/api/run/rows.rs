//! The rows of a run: a script's maps as they stand in `metrics.jsonl`.

use crate::ml::run::Record;
use crate::script::api::handles::History;
use crate::script::base::nesting::{nested_too_deep, text};
use rhai::{Dynamic, FnPtr, Map};
use serde_json::Value;

/// The first columns of `metrics.jsonl`, and the last; a script's own stand between.
const FIRST: [&str; 8] = ["epoch", "lr", "train_loss", "train_acc", "valid_loss", "valid_acc", "test_loss", "test_acc"];
const LAST: [&str; 3] = ["train_seconds", "valid_seconds", "test_seconds"];

/// A row of a history as the run keeps it.
pub fn record(row: &Map) -> Record {
    let own = row.keys().map(|k| k.as_str()).filter(|k| !FIRST.contains(k) && !LAST.contains(k));
    let columns = FIRST.into_iter().chain(own).chain(LAST);
    columns.filter_map(|c| row.get(c).map(|value| (c.to_string(), to_json(value)))).collect()
}

/// The rows of a whole history.
pub fn records(history: History) -> Vec<Record> {
    history.into_iter().map(|row| record(&row)).collect()
}

/// A script's value as JSON; what JSON has no form for (functions, tensors) as the text that a print shows.
pub fn to_json(value: &Dynamic) -> Value {
    if value.is::<FnPtr>() {
        return Value::String("function".into());
    }
    match nested_too_deep(value) {
        false => rhai::serde::from_dynamic(value).unwrap_or_else(|_| Value::String(text(value))),
        true => Value::String(text(value)),
    }
}
