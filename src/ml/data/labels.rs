//! A table's labels as classes.

use super::table::{Row, shortened};
use crate::error::{Error, ErrorKind, did_you_mean};
use std::path::Path;

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
