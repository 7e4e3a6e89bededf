//! All epochs of all runs in one table, in long form: a line an epoch, with what the run was asked for in each of its lines.

use super::chosen::Chosen;
use crate::error::{Error, Result};
use crate::ml::run::{Record, settings};
use serde_json::Value;
use std::fmt::Display;

/// The columns that each line begins with.
const OWN: [&str; 2] = ["run", "name"];

#[derive(Debug)]
pub struct Table {
    /// CSV with a line of names.
    pub bytes: Vec<u8>,
    /// How many lines follow that one.
    pub rows: usize,
}

/// The names of some records, each once, in the order in which they come.
fn names<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut seen = std::collections::HashSet::new();
    names.extend(records.flat_map(Record::keys).map(String::as_str).filter(|name| seen.insert(*name)));
    names
}

/// Columns are the run's folder and name, the settings, the columns of the rows. Where a setting and a column are called alike, the name is the setting's, since runs are grouped by
/// those: the rate that an epoch had is `epoch.lr` beside an option `lr`.
///
/// # Errors
/// Memory that cannot be had.
pub fn epochs(runs: &[Chosen]) -> Result<Table> {
    let failed = |e: &dyn Display| Error::data(format!("the epochs as CSV: {e}"));
    let settings: Vec<Record> = runs.iter().map(|run| settings(&run.read.config)).collect();
    let (asked, columns) = (names(settings.iter()), names(runs.iter().flat_map(|run| &run.read.rows)));
    let option = |name: &&str| if OWN.contains(name) { format!("options.{name}") } else { name.to_string() };
    let column = |name: &&str| match OWN.contains(name) || asked.contains(name) {
        true => format!("epoch.{name}"),
        false => name.to_string(),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let own = OWN.iter().map(ToString::to_string);
    let head: Vec<String> = own.chain(asked.iter().map(option)).chain(columns.iter().map(column)).collect();
    writer.write_record(&head).map_err(|e| failed(&e))?;
    let mut rows = 0;
    for (run, settings) in runs.iter().zip(&settings) {
        let own = [run.read.folder.to_string_lossy().into_owned(), run.read.name().unwrap_or_default().to_string()];
        let begun: Vec<String> = own.into_iter().chain(asked.iter().map(|name| cell(settings.get(*name)))).collect();
        for row in &run.read.rows {
            let cells = begun.iter().cloned().chain(columns.iter().map(|name| cell(row.get(*name))));
            writer.write_record(cells).map_err(|e| failed(&e))?;
            rows += 1;
        }
    }
    Ok(Table { bytes: writer.into_inner().map_err(|e| failed(&e))?, rows })
}

/// A number with all its digits; what is null or not there, empty, which pandas reads as NaN.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
