//! The curves of several runs in one picture.

use super::fields::value;
use super::fields::{changed, names};
use super::filter::check_name;
use super::shown::cell;
use crate::error::{Error, Result};
use crate::ml::plot::{Figure, Panel, Series};
use crate::ml::run::{Record, Summary};
use serde_json::Value;

/// A panel for each of the `columns`, by default the measure of the runs, with a curve for each run over its epochs.
///
/// # Errors
/// A column that no run has; runs without a row.
pub fn picture(runs: &[Summary], columns: &[String]) -> Result<Figure> {
    let usual = || runs.iter().find_map(|run| run.monitored().map(str::to_string)).into_iter().collect::<Vec<_>>();
    let columns = if columns.is_empty() { usual() } else { columns.to_vec() };
    if columns.is_empty() {
        return Err(Error::value("these runs have no row to draw: none has finished an epoch"));
    }
    let labels = labels(runs);
    let panel = |column: &String| {
        let series: Vec<Series> =
            runs.iter().zip(&labels).filter_map(|(run, label)| curve(run, label, column)).collect();
        if series.is_empty() {
            check_name(column, &[], &names(runs))?;
            return Err(Error::value(format!("no row of these runs has a number called `{column}`")));
        }
        Ok(Panel::new("", "epoch", column, series))
    };
    Ok(Figure::new("", columns.iter().map(panel).collect::<Result<_>>()?))
}

fn curve(run: &Summary, label: &str, column: &str) -> Option<Series> {
    let number = |row: &Record, name: &str| row.get(name).and_then(Value::as_f64);
    let epochs = run.rows.iter().enumerate().map(|(i, row)| number(row, "epoch").unwrap_or(i as f64 + 1.0)).collect();
    let y: Vec<f64> = run.rows.iter().map(|row| number(row, column).unwrap_or(f64::NAN)).collect();
    y.iter().any(|y| y.is_finite()).then(|| Series::new(label, epochs, y))
}

/// What each is told by: its name, else what it was asked for otherwise than the others, else its folder.
pub fn labels(runs: &[Summary]) -> Vec<String> {
    let settings = changed(runs);
    let folder =
        |run: &Summary| run.folder.file_name().unwrap_or(run.folder.as_os_str()).to_string_lossy().into_owned();
    let of = |run: &Summary| {
        let words = settings.iter().take(3).map(|name| format!("{name}={}", cell(name, &value(run, name))));
        let words = words.collect::<Vec<_>>().join(" ");
        run.name().map(str::to_string).unwrap_or(if words.is_empty() { folder(run) } else { words })
    };
    let labels: Vec<String> = runs.iter().map(of).collect();
    let is_double = |label: &String| labels.iter().filter(|other| *other == label).count() > 1;
    runs.iter().zip(&labels).map(|(run, label)| if is_double(label) { folder(run) } else { label.clone() }).collect()
}
