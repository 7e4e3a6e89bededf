//! The curves of several runs in one picture.

use super::fields::value;
use super::fields::{changed, names};
use super::filter::check_name;
use super::shown::cell;
use crate::error::{Error, Result};
use crate::ml::plot::{Figure, Panel, Scale, Series};
use crate::ml::run::{Record, Summary};
use crate::ml::statistics::mean_and_deviation;
use crate::output::{complain, visible};
use serde_json::Value;

/// What is to be drawn of runs, and how.
#[derive(Debug, Default, Clone)]
pub struct Drawing {
    /// A panel each; by default the measure of the runs.
    pub columns: Vec<String>,
    /// A setting, such as the seed: runs that differ in nothing else are one curve, their mean with a band of one deviation.
    pub over: Option<String>,
    /// A logarithmic axis.
    pub log: bool,
    pub size: Option<(u32, u32)>,
    pub dpi: Option<u32>,
}

/// A panel for each column, with a curve over the epochs for each run, or for those that are taken together.
///
/// # Errors
/// A column that no run has, a setting in which no two runs differ, runs without a row.
pub fn picture(runs: &[Summary], drawing: &Drawing) -> Result<Figure> {
    let usual = || runs.iter().find_map(|run| run.monitored().map(str::to_string)).into_iter().collect::<Vec<_>>();
    let columns = if drawing.columns.is_empty() { usual() } else { drawing.columns.clone() };
    if columns.is_empty() {
        return Err(Error::value("these runs have no row to draw: none has finished an epoch"));
    }
    let groups = match &drawing.over {
        None => labels(runs).into_iter().zip(runs).map(|(label, run)| (label, vec![run])).collect(),
        Some(over) => together(runs, over)?,
    };
    let panel = |column: &String| {
        let curves = groups.iter().enumerate().map(|(place, (label, runs))| {
            // In each panel a run has the same colour.
            (label, curve(runs, label, column).map(|curve| Series { color: Some(place), ..curve }))
        });
        let (drawn, without): (Vec<_>, Vec<_>) = curves.partition(|(_, curve)| curve.is_some());
        let series: Vec<Series> = drawn.into_iter().filter_map(|(_, curve)| curve).collect();
        if series.is_empty() {
            check_name(column, &[], &names(runs))?;
            return Err(Error::value(format!("no row of these runs has a number called `{column}`")));
        }
        for (label, _) in without {
            complain(&visible(&format!("{label} has no number called `{column}`, and is not drawn there")));
        }
        let y_scale = if drawing.log { Scale::Log } else { Scale::Linear };
        Ok(Panel { y_scale, ..Panel::new("", "epoch", column, series) })
    };
    let title = drawing.over.as_ref().map_or_else(String::new, |over| format!("mean ± deviation over {over}"));
    let figure = Figure::new(title, columns.iter().map(panel).collect::<Result<_>>()?);
    Ok(Figure { size: drawing.size.unwrap_or(figure.size), dpi: drawing.dpi.unwrap_or(figure.dpi), ..figure })
}

/// The runs that differ in nothing but `over`, with what tells them from the others.
fn together<'r>(runs: &'r [Summary], over: &str) -> Result<Vec<(String, Vec<&'r Summary>)>> {
    check_name(over, runs, &names(runs))?;
    let mut told = changed(runs);
    if !told.iter().any(|name| name == over) {
        return Err(Error::value(format!(
            "these runs do not differ in `{over}`: there is nothing to take the mean over"
        )));
    }
    told.retain(|name| name != over);
    let mut groups: Vec<(Vec<Value>, Vec<&Summary>)> = Vec::new();
    let mut seen: Vec<(Vec<Value>, Value)> = Vec::new();
    for run in runs {
        let values: Vec<Value> = told.iter().map(|name| value(run, name)).collect();
        // A run that was run again, as by replay, says nothing more of the chance in it.
        let own = (values.clone(), value(run, over));
        if seen.contains(&own) {
            let (run, value) = (run.folder.display(), cell(over, &own.1));
            complain(&visible(&format!("{run} has the {over} {value} of another run of its setting, and is left out")));
            continue;
        }
        seen.push(own);
        match groups.iter_mut().find(|(known, _)| *known == values) {
            Some((_, runs)) => runs.push(run),
            None => groups.push((values, vec![run])),
        }
    }
    let label = |values: &[Value], runs: usize| {
        let words = told.iter().zip(values).map(|(name, value)| format!("{name}={}", cell(name, value)));
        let words = words.collect::<Vec<_>>().join(" ");
        if words.is_empty() { format!("{runs} runs") } else { format!("{words} ({runs})") }
    };
    Ok(groups.into_iter().map(|(values, runs)| (label(&values, runs.len()), runs)).collect())
}

/// The mean of the runs over their epochs; of several, with a band.
fn curve(runs: &[&Summary], label: &str, column: &str) -> Option<Series> {
    let number = |row: &Record, name: &str| row.get(name).and_then(Value::as_f64);
    let longest = runs.iter().max_by_key(|run| run.rows.len())?;
    let epochs =
        longest.rows.iter().enumerate().map(|(i, row)| number(row, "epoch").unwrap_or(i as f64 + 1.0)).collect();
    let at = |epoch: usize| {
        let values = runs.iter().filter_map(|run| number(run.rows.get(epoch)?, column)).filter(|v| v.is_finite());
        mean_and_deviation(&values.collect::<Vec<_>>())
    };
    let points: Vec<_> = (0..longest.rows.len()).map(at).collect();
    let y: Vec<f64> = points.iter().map(|point| point.map_or(f64::NAN, |(mean, _)| mean)).collect();
    let around = |point: &Option<(f64, Option<f64>)>| match point {
        Some((mean, Some(deviation))) => (mean - deviation, mean + deviation),
        _ => (f64::NAN, f64::NAN),
    };
    let band = if runs.len() > 1 { points.iter().map(around).collect() } else { Vec::new() };
    y.iter().any(|y| y.is_finite()).then(|| Series { band, ..Series::new(label, epochs, y) })
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
