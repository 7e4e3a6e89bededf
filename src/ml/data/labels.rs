//! A table's labels as classes.

use super::table::{Row, Table, shortened};
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use std::collections::HashMap;
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

/// Refuses labels that are one to a reader and two to a program: `1` and `1.0` among names, `Pos` and `pos`, `very good` and `very  good`.
///
/// # Errors
/// Names both, with their lines.
pub(super) fn check_alike(tables: &[Table]) -> Result<()> {
    let rows = tables.iter().flat_map(|table| table.rows.iter().map(|row| (table.path.as_path(), row)));
    if are_numbers(rows.clone().map(|(_, row)| row.label.as_str())) {
        return Ok(());
    }
    let mut seen: HashMap<&str, u64> = HashMap::new();
    let mut plain: HashMap<String, (&Path, &Row)> = HashMap::new();
    for (path, row) in rows {
        if seen.insert(&row.label, row.line).is_some() {
            continue;
        }
        let label = canonical(&row.label, true);
        let key = label.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((other_path, other)) = plain.insert(key, (path, row)) {
            let (a, b) = (shortened(&other.label), shortened(&row.label));
            let what =
                if number(a.as_str()).is_finite() { "are one number" } else { "differ in capitals or spaces only" };
            let of_other = if path == other_path { String::new() } else { format!("{}, ", other_path.display()) };
            let message = format!(
                "{}:{}: the labels `{a}` ({of_other}line {}) and `{b}` {what}: label_map: #{{ \"{b}\": \"{a}\" }} makes them one class; if they are two, class_names names all",
                path.display(),
                row.line,
                other.line
            );
            return Err(Error::data(message));
        }
    }
    Ok(())
}

/// NaN for what is no number.
pub(super) fn number(label: &str) -> f64 {
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
