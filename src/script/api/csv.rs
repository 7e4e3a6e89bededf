//! Tables of figures in CSV files, as arrays of maps.

use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use crate::script::base::ScriptResult;
use crate::script::base::options::shown;
use csv::{Reader, Writer};
use rhai::{Array, Dynamic, Map, plugin::*};
use std::path::Path;

/// A cell: a number where it reads as one, `()` where nothing stands.
fn value(cell: &str) -> Dynamic {
    match (cell, cell.parse::<i64>(), cell.parse::<f64>()) {
        ("", ..) => Dynamic::UNIT,
        // A number that loses something as a number is a text: 007, or 20 digits.
        (_, Ok(whole), _) if whole.to_string() == cell => whole.into(),
        (_, Err(_), Ok(x)) if is_float(cell) => x.into(),
        _ => cell.into(),
    }
}

/// With a point or an exponent, or as the language writes what is not finite.
fn is_float(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_decimal = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.contains(['.', 'e', 'E']);
    is_decimal || ["NaN", "inf", "-inf"].contains(&cell)
}

fn cell(name: &str, value: Option<&Dynamic>) -> Result<String> {
    match value {
        None => Ok(String::new()),
        Some(value) if value.is_unit() => Ok(String::new()),
        Some(value)
            if value.is_int() || value.is_float() || value.is_bool() || value.is_string() || value.is_char() =>
        {
            Ok(value.to_string())
        }
        Some(value) => Err(Error::value(format!(
            "write_csv: a cell is a number, a text, a bool or (), and `{name}` is {}",
            shown(value)
        ))),
    }
}

fn written(path: &Path, rows: &Array, columns: Option<Vec<String>>) -> Result<()> {
    let map = |row: &Dynamic| {
        let map = row.read_lock::<Map>().map(|map| map.clone());
        map.ok_or_else(|| Error::value(format!("write_csv takes an array of maps, a row each, got {}", shown(row))))
    };
    let rows = rows.iter().map(map).collect::<Result<Vec<Map>>>()?;
    let columns = columns.unwrap_or_else(|| names(&rows));
    let mut writer = Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Error::file("write", path, e);
    writer.write_record(&columns).map_err(failed)?;
    for row in &rows {
        let cells = columns.iter().map(|name| cell(name, row.get(name.as_str()))).collect::<Result<Vec<String>>>()?;
        writer.write_record(&cells).map_err(failed)?;
    }
    let text = writer.into_inner().map_err(|e| Error::file("write", path, e))?;
    write_atomically(path, |file| file.write_all(&text))
}

/// The columns of all rows, in the order in which they are met.
pub(super) fn names(rows: &[Map]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if !columns.iter().any(|known| known == name.as_str()) {
            columns.push(name.to_string());
        }
    }
    columns
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The rows of a CSV file whose first line has the names of its columns, a map each. Cells that read as numbers are numbers, empty ones `()`. For texts to train on,
    /// `imdb::load` reads tables of all kinds, larger than memory.
    ///
    /// Errors: a file that is not there, not UTF-8, or with rows of other lengths (the line is named); a column twice.
    ///
    /// ```rhai
    /// write_csv("imdbsh-doc.csv", [#{ lr: 0.001, acc: 0.87 }, #{ lr: 0.01, acc: (), note: "a, b" }]);
    /// assert_eq(read_csv("imdbsh-doc.csv")[1], #{ lr: 0.01, acc: (), note: "a, b" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_csv(path: &str) -> ScriptResult<Array> {
        let text = access::read_to_string(Path::new(path))?;
        let mut reader = Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let wrong = |e: csv::Error| Error::data(format!("{path}: {e}"));
        let columns = reader.headers().map_err(wrong)?.clone();
        let all: Vec<&str> = columns.iter().collect();
        if let Some(twice) = (1..all.len()).find(|at| all[..*at].contains(&all[*at])) {
            return Err(Error::data(format!("{path} has the column `{}` twice", all[twice])).into());
        }
        let row = |record: csv::Result<csv::StringRecord>| -> Result<Dynamic> {
            let record = record.map_err(wrong)?;
            let cells = columns.iter().zip(record.iter()).map(|(name, cell)| (name.into(), value(cell)));
            Ok(Dynamic::from_map(cells.collect()))
        };
        Ok(reader.records().map(row).collect::<Result<Array>>()?)
    }

    /// Writes an array of maps as CSV: a line with the names of the columns, then one for each row. A column that a row lacks, or whose value is `()`, is empty there. An array of names says
    /// which columns, and in which order; without it all, in the order in which they are met. The file is replaced only when the new one is complete.
    ///
    /// Errors: rows that are no maps, cells that are neither numbers nor texts nor bools.
    ///
    /// ```rhai
    /// write_csv("imdbsh-doc.csv", [#{ seed: 1, acc: 0.5 }, #{ seed: 2, acc: 0.75 }], ["seed", "acc"]);
    /// assert_eq(read_text("imdbsh-doc.csv"), "seed,acc\n1,0.5\n2,0.75\n");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn write_csv(path: &str, rows: Array) -> ScriptResult<()> {
        Ok(written(Path::new(path), &rows, None)?)
    }

    #[rhai_fn(name = "write_csv", return_raw)]
    pub fn write_csv_of(path: &str, rows: Array, columns: Array) -> ScriptResult<()> {
        Ok(written(Path::new(path), &rows, Some(columns.iter().map(ToString::to_string).collect()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn what_would_lose_something_as_a_number_stays_a_text() {
        for text in ["007", "20000000000000000000", "+5", "a", "1 ", "-", "nan", "infinity"] {
            assert_eq!(value(text).into_string().unwrap(), text);
        }
        assert_eq!(
            (value("-5").as_int(), value("1e-3").as_float(), value("0.50").as_float()),
            (Ok(-5), Ok(1e-3), Ok(0.5))
        );
        assert!(value("").is_unit());
    }
}
