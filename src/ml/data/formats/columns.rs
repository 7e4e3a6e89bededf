//! Which of the named columns of a file hold the texts and the labels.

use crate::error::{Error, Result, did_you_mean};
use crate::ml::data::table::{Column, TableOptions, shortened};
use std::path::Path;

/// Their places among the names, from 0.
#[derive(Debug)]
pub(super) struct Chosen {
    pub texts: Vec<usize>,
    pub label: usize,
}

/// Where the columns are that are asked for, by their names (of a field of a field `review.text`) or numbers.
///
/// # Errors
/// A column that is not there, or twice.
pub(super) fn chosen(path: &Path, names: &[String], options: &TableOptions) -> Result<Chosen> {
    let mut texts = Vec::new();
    for column in &options.text {
        match column {
            Column::Name(list) if list.contains(',') && !names.contains(list) => {
                for one in Column::listed(list) {
                    texts.push(place(path, names, &one, "text_column", options)?);
                }
            }
            _ => texts.push(place(path, names, column, "text_column", options)?),
        }
    }
    Ok(Chosen { texts, label: place(path, names, &options.label, "label_column", options)? })
}

fn place(path: &Path, names: &[String], column: &Column, option: &str, options: &TableOptions) -> Result<usize> {
    let (file, width) = (path.display(), names.len());
    let by_place = |place: usize| match place {
        0 => Err(Error::value(format!("{option} is 0: columns are counted from 1"))),
        _ if place > width => Err(Error::data(format!("{file} has {width} columns, and {option} is {place}"))),
        _ => Ok(place - 1),
    };
    let name = match (column, column.place()) {
        (Column::Place(place), _) => return by_place(*place),
        // Who says that there is no header counts columns, as text on a command line too.
        (Column::Name(_), Some(place)) if !options.header => return by_place(place),
        (Column::Name(name), _) => name,
    };
    let mut found = names.iter().enumerate().filter(|(_, n)| *n == name).map(|(i, _)| i);
    match (found.next(), found.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(Error::data(format!("{file} has two columns `{name}`, expected one"))),
        (None, _) => {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let nearest = did_you_mean(name, &known);
            let has = listed(names);
            Err(Error::data(format!(
                "{file} has no column `{name}`{nearest} (it has {has}; {option}: \"NAME\" says which it is)"
            )))
        }
    }
}

/// The first of many names.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", shortened(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
