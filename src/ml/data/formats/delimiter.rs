//! What stands between the fields of a table, and in which columns its texts and labels are.

use super::columns::{Chosen, Columns};
use super::fields::Fields;
use super::quotes::Signs;
use crate::error::Result;
use crate::ml::data::table::{TableOptions, shortened};
use std::path::Path;

/// What other programs write.
const KNOWN: [u8; 4] = [b',', b';', b'\t', b'|'];
/// So much of a file is looked at.
const BEGINNING: usize = 1 << 16;
const ROWS: usize = 50;

/// Places of the columns, from 0, and how many there are.
#[derive(Debug)]
pub(super) struct Places {
    pub texts: Vec<usize>,
    pub label: Option<usize>,
    pub width: usize,
}

/// The delimiter that makes columns of the names that are asked for; of numbers, one in whose labels no other delimiter stands. Where none does, one that makes several
/// columns, each row as many; else `usual`.
pub(super) fn found(bytes: &[u8], usual: u8, options: &TableOptions) -> u8 {
    let first = [usual].into_iter().chain(KNOWN.into_iter().filter(|byte| *byte != usual));
    let looks: Vec<Look> = first.map(|delimiter| Look::new(bytes, delimiter, options)).collect();
    let fits = |look: &&Look| look.has_columns && (options.header || look.width > 1);
    let by_width = || looks.iter().filter(|look| look.width > 1).max_by_key(|look| look.width);
    let found = looks.iter().find(|look| fits(look) && (options.header || look.has_plain_labels));
    found.or_else(|| looks.iter().find(fits)).or_else(by_width).map_or(usual, |look| look.delimiter)
}

/// What a table looks like with a delimiter.
struct Look {
    delimiter: u8,
    /// Those that are asked for.
    has_columns: bool,
    has_plain_labels: bool,
    /// Of all rows; 0 where they differ.
    width: usize,
}

impl Look {
    fn new(bytes: &[u8], delimiter: u8, options: &TableOptions) -> Look {
        let rows = beginning(bytes, delimiter, options);
        let width = rows.first().map_or(0, Vec::len);
        let columns = rows.first().and_then(|first| places(Path::new(""), first, options).ok());
        let is_plain = |row: &Vec<String>| {
            let plain = |field: &String| !field.bytes().any(|byte| KNOWN.contains(&byte));
            columns.as_ref().is_some_and(|columns| columns.label.is_none_or(|label| row.get(label).is_some_and(plain)))
        };
        Look {
            delimiter,
            has_columns: columns.is_some(),
            has_plain_labels: rows.iter().all(is_plain),
            width: if rows.iter().all(|row| row.len() == width) { width } else { 0 },
        }
    }
}

/// The first rows. The last of them may be cut off by the end of what is looked at, and is left out.
fn beginning(bytes: &[u8], delimiter: u8, options: &TableOptions) -> Vec<Vec<String>> {
    let part = &bytes[..bytes.len().min(BEGINNING)];
    let mut fields = Fields::new(Signs { delimiter, quotes: options.quotes, comment: options.comment });
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_string();
    let (mut rows, mut at): (Vec<Vec<String>>, usize) = (Vec::new(), 0);
    while rows.len() < ROWS
        && let Some(row) = fields.next(part, at)
    {
        rows.push(row.fields().map(text).collect());
        at = row.end;
    }
    if rows.len() > 1 && part.len() < bytes.len() && rows.len() < ROWS {
        rows.pop();
    }
    rows
}

/// Where the columns are, by what the first line holds.
///
/// # Errors
/// A column that is not there, or twice. What is proposed loses no row.
pub(super) fn places(path: &Path, first: &[String], options: &TableOptions) -> Result<Places> {
    let advice = |option: &str, is_near: bool| {
        let shown: Vec<String> = first.iter().map(|n| format!("`{}`", shortened(n))).collect();
        let shown = shown.join(", ");
        // Who would take a name from a line that is a row would lose that row.
        match is_row(first) && !is_near {
            true => format!(
                "its first line looks like a row: {shown}; `header: false` reads it as one, with columns by number from 1, text_column: {}, label_column: {}",
                longest(first) + 1,
                shortest(first) + 1
            ),
            false => format!("its first line names {shown}; {option}: \"NAME\" says which it is"),
        }
    };
    let Chosen { texts, label } =
        Columns { path, names: first, are_named: options.header, advice: &advice }.chosen(options)?;
    Ok(Places { texts, label, width: first.len() })
}

/// A number, or many words, are no name of a column.
fn is_row(first: &[String]) -> bool {
    first.iter().any(|field| field.parse::<f64>().is_ok() || field.split_whitespace().count() > 3)
}

fn longest(first: &[String]) -> usize {
    (0..first.len()).max_by_key(|i| first[*i].len()).unwrap_or(0)
}

fn shortest(first: &[String]) -> usize {
    (0..first.len()).min_by_key(|i| first[*i].len()).unwrap_or(0)
}
