//! What `plot` draws: the curves that a script's value stands for.

use super::super::{
    files,
    handles::{History, TensorHandle, TrainingHandle},
    history::rows,
};
use super::parts::{counted, curve, of_numbers};
use super::read::values;
use super::request::Request;
use crate::error::{Error, ErrorKind};
use crate::ml::plot::{Series, Style};
use crate::ml::run::METRICS;
use crate::runs::order::by_text;
use crate::script::base::{
    ScriptResult,
    options::{number, shown},
};
use rhai::{Array, Dynamic, Map};
use std::path::Path;

/// The curves that `what` stands for: one run, an array or a map of runs, an array or tensor of numbers, or a map from names to
/// any of numbers or `#{ x, y }`, or an array of such. And whether it is of runs.
pub fn series(what: &Dynamic, request: &Request) -> ScriptResult<(Vec<Series>, bool)> {
    let of_series = what.read_lock::<Array>().is_some_and(|array| array.first().is_some_and(is_series));
    if !of_series && let Some((rows, _)) = run(what)? {
        return Ok((of_run(&rows, request, None, None)?, true));
    }
    let mut all = Vec::new();
    let mut runs = false;
    if let Some(map) = what.clone().try_cast::<Map>() {
        let mut named: Vec<_> = map.iter().collect();
        named.sort_by(|(a, _), (b, _)| by_text(a, b));
        for (place, (name, value)) in named.into_iter().enumerate() {
            if let Some((rows, _)) = run(value)? {
                all.extend(of_run(&rows, request, Some(name), Some(place))?);
                runs = true;
            } else {
                let right = request.right.iter().any(|r| r == name.as_str());
                all.push(Series { right, ..of_numbers(name, value)? });
            }
        }
        let known: Vec<&str> = map.keys().map(|name| name.as_str()).collect();
        if let Some(other) = request.right.iter().find(|name| !runs && !known.contains(&name.as_str())) {
            return Err(Error::unknown(ErrorKind::Value, "curve", other, &known).within("plot: `right`").into());
        }
        return Ok((all, runs));
    }
    if let Some(array) = what.clone().try_cast::<Array>()
        && !array.is_empty()
        && (array.iter().all(is_series) || array.iter().all(is_numbers))
    {
        for (place, value) in array.iter().enumerate() {
            all.push(of_numbers(request.names.get(place).map_or("", String::as_str), value)?);
        }
        return Ok((all, false));
    }
    if let Some(array) = what.clone().try_cast::<Array>()
        && let Some(first) = array.first()
        && run(first)?.is_some()
    {
        for (place, value) in array.iter().enumerate() {
            let (rows, own) = run(value)?.ok_or_else(|| Error::value(format!("plot: {} is no run", shown(value))))?;
            let given = request.names.get(place).cloned().or(own);
            let name = given.unwrap_or_else(|| format!("run {}", place + 1));
            all.extend(of_run(&rows, request, Some(&name), Some(place))?);
        }
        return Ok((all, true));
    }
    Ok((vec![counted(request.names.first().cloned().unwrap_or_default(), values("plot", what)?)], false))
}

/// Numbers of a curve among others.
fn is_numbers(value: &Dynamic) -> bool {
    value
        .read_lock::<Array>()
        .is_some_and(|array| array.first().is_some_and(|first| first.is_int() || first.is_float()))
}

/// Whether a value is `#{ x, y }` with several numbers in each, as no row of a run has.
fn is_series(value: &Dynamic) -> bool {
    let map = value.read_lock::<Map>();
    map.and_then(|map| map.get("y").map(|y| y.is_array() || y.is::<TensorHandle>())).unwrap_or(false)
}

/// The rows of a run, where `value` is one: a history or its rows, a training, what `train::fit` gave, a run folder. With its
/// name, where it has one.
fn run(value: &Dynamic) -> ScriptResult<Option<(Vec<Map>, Option<String>)>> {
    if let Some(training) = value.clone().try_cast::<TrainingHandle>() {
        let history = training.history().ok_or_else(|| Error::value("plot: this training has no history"))?;
        return Ok(Some((history.into_iter().collect(), None)));
    }
    if let Some(history) = value.read_lock::<Map>().and_then(|map| map.get("history").cloned()) {
        return Ok(Some((rows(&history)?, None)));
    }
    if let Ok(folder) = value.clone().into_string() {
        let name = Path::new(&folder).file_name().map(|name| name.to_string_lossy().into_owned());
        return Ok(Some((files::json_lines(&Path::new(&folder).join(METRICS))?, name)));
    }
    let is_rows = |array: &Array| array.first().is_some_and(|row| row.is_map() && !has_history(row));
    if value.is::<History>() || value.read_lock::<Array>().is_some_and(|array| is_rows(&array)) {
        return Ok(Some((rows(value)?, None)));
    }
    Ok(None)
}

fn has_history(value: &Dynamic) -> bool {
    value.read_lock::<Map>().is_some_and(|map| map.contains_key("history"))
}

/// The curves of one run. Which columns: those asked for, else every loss. `place` is its number among several, whose
/// colour its curves then share.
fn of_run(rows: &[Map], request: &Request, name: Option<&str>, place: Option<usize>) -> ScriptResult<Vec<Series>> {
    let known: Vec<String> = rows.iter().flat_map(|r| r.keys()).map(ToString::to_string).collect();
    let mut columns = request.columns.clone();
    if columns.is_empty() {
        columns.extend(
            ["train_loss", "valid_loss", "test_loss"].map(String::from).into_iter().filter(|c| known.contains(c)),
        );
    }
    if columns.is_empty() && !known.is_empty() {
        let known: std::collections::BTreeSet<&str> = known.iter().map(String::as_str).collect();
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Error::value(format!(
            "plot: the rows have no column `train_loss`, `valid_loss` or `test_loss`; the option `y` says which others are drawn (known: {known})"
        ))
        .into());
    }
    let left = columns.len();
    columns.extend(request.right.iter().filter(|c| !request.columns.contains(c)).cloned());
    let value = |row: &Map, column: &str| row.get(column).and_then(number);
    let series = |(i, column): (usize, &String)| {
        if !known.contains(column) {
            let known: Vec<&str> =
                known.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            return Err(Error::unknown(ErrorKind::Value, "column", column, &known).within("plot").into());
        }
        // A row that lacks the column is no point of the curve, and leaves a gap.
        let at = |(i, r): (usize, &Map)| match value(r, column) {
            Some(_) => value(r, &request.x).unwrap_or(i as f64 + 1.0),
            None => f64::NAN,
        };
        let x = rows.iter().enumerate().map(at).collect();
        let y = rows.iter().map(|r| value(r, column).unwrap_or(f64::NAN)).collect();
        let name = match (name, columns.len()) {
            (None, _) => column.clone(),
            (Some(name), 1) => name.to_string(),
            (Some(name), _) => format!("{name} {column}"),
        };
        let right = request.right.contains(column);
        let curve = Series { right, color: place, ..curve(name, x, y) };
        // Of one colour, all but the last are dashed: training beside test.
        let dashed = place.is_some() && i + 1 < left;
        Ok(if dashed { curve.with_style(Style::Dashed) } else { curve })
    };
    columns.iter().enumerate().map(series).collect()
}
