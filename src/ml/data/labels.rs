//! A table's labels as classes.

use super::table::{Table, shortened};
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use std::collections::HashMap;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;

/// Soft hyphens, joiners, marks of the order of bytes.
const INVISIBLE: [char; 6] = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// What a table's labels are called, as classes in a stable order: numbers by size (`1.0` and `1` are one), names by the
/// alphabet.
pub(super) fn class_names<'a>(labels: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let numeric = are_numbers(labels.clone());
    let mut names: Vec<String> = labels.map(|label| canonical(label, numeric)).collect();
    match numeric {
        true => names.sort_by(|a, b| match (a.parse::<i128>(), b.parse::<i128>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => number(a).total_cmp(&number(b)),
        }),
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
    // A whole number may have more digits than a float.
    match label.parse::<i128>() {
        Ok(whole) if numeric => whole.to_string(),
        _ if numeric && number(label).is_finite() => number(label).to_string(),
        _ => label.to_string(),
    }
}

/// Refuses labels that are one to a reader and two to a program: `1` and `1.0` among names, `Pos` and `pos`, `very good` and `very  good`.
///
/// # Errors
/// Names both, with their lines.
pub(super) fn check_alike(tables: &[Table]) -> Result<()> {
    let names =
        tables.iter().flat_map(|table| table.rows.names.iter().zip(0..).map(move |(name, at)| (table, name, at)));
    if are_numbers(names.clone().map(|(_, name, _)| name)) {
        return Ok(());
    }
    let mut plain: HashMap<String, (&Table, &str, u32)> = HashMap::new();
    for (table, name, at) in names {
        let label = canonical(name, true);
        // In one of the forms that look alike, without what is not seen.
        let seen: String = label.nfkc().filter(|c| !INVISIBLE.contains(c)).collect();
        let key = seen.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((other_table, other, at_other)) =
            plain.insert(key, (table, name, at)).filter(|(_, other, _)| *other != name)
        {
            let (a, b) = (shortened(other), shortened(name));
            let plain = |name: &str| name.to_lowercase().split_whitespace().collect::<String>();
            let what = match () {
                () if number(a.as_str()).is_finite() => "are one number",
                () if plain(other) == plain(name) => "differ in capitals or spaces only",
                () => "look alike and are written otherwise",
            };
            let of_other = if table.path == other_table.path {
                String::new()
            } else {
                format!("{}, ", other_table.path.display())
            };
            let (line, first) = (table.rows.first_line(at), other_table.rows.first_line(at_other));
            let message = format!(
                "{}:{line}: the labels `{a}` ({of_other}line {first}) and `{b}` {what}: label_map: #{{ \"{b}\": \"{a}\" }} makes them one class; if they are two, class_names names all",
                table.path.display(),
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

/// A label that is not among the classes `names`, as an error: which row has it, and what it could be.
pub(super) fn unknown_label(path: &Path, (line, label): (u64, &str), names: &[String], whose: &str) -> Error {
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let nearest = did_you_mean(label, &known);
    let list = known.join(", ");
    let label = shortened(label);
    Error::new(
        ErrorKind::Data,
        format!("{}:{line}: label `{label}` is not among {whose}{nearest} (they are {list})", path.display()),
    )
}
