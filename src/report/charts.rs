//! Which charts runs have: what their rows measure, by epoch; of a single run also what its steps measured.

use super::chart::{Chart, Curve};
use crate::ml::run::{Record, Summary};
use serde_json::Value;
use std::collections::BTreeMap;

/// More points than this are thinned out: no screen shows them.
const MOST: usize = 600;
/// `train_loss` is drawn beside `test_loss`.
const SETS: [&str; 3] = ["train", "valid", "test"];

/// A chart for each measure of these runs, the losses first; `labels` tell the runs apart.
pub fn charts(runs: &[Summary], labels: &[String]) -> Vec<Chart> {
    let mut measures: Vec<(String, Vec<String>)> = Vec::new();
    for column in runs.iter().flat_map(|run| run.rows.iter().flat_map(Record::keys)) {
        if column == "epoch" || column.ends_with("_seconds") {
            continue;
        }
        let measure = measure(column);
        let at = measures.iter().position(|(name, _)| name == measure).unwrap_or_else(|| {
            measures.push((measure.to_string(), Vec::new()));
            measures.len() - 1
        });
        let columns = &mut measures[at].1;
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    measures.sort_by_key(|(name, _)| ["loss", "acc"].iter().position(|first| first == name).unwrap_or(2));
    let chart = |(name, columns): &(String, Vec<String>)| {
        let curves = runs.iter().zip(labels).enumerate();
        let curves = curves.flat_map(|(place, (run, label))| curves_of(run, columns, label, place, runs.len()));
        Chart::new(name, "epoch", curves.collect())
    };
    measures.iter().filter_map(chart).collect()
}

/// `loss` of `train_loss`; a column of another name is a measure of its own.
fn measure(column: &str) -> &str {
    column.split_once('_').filter(|(set, _)| SETS.contains(set)).map_or(column, |(_, measure)| measure)
}

/// Of a single run its curves have a colour each; of several, a run has a colour, and its training is dashed.
fn curves_of(run: &Summary, columns: &[String], label: &str, place: usize, runs: usize) -> Vec<Curve> {
    let own = columns.iter().filter(|column| run.rows.iter().any(|row| number(row, column).is_finite()));
    let curve = |(i, column): (usize, &String)| {
        let epoch = |(i, row): (usize, &Record)| {
            let epoch = number(row, "epoch");
            (if epoch.is_finite() { epoch } else { i as f64 + 1.0 }, number(row, column))
        };
        let set = column.split('_').next().filter(|_| columns.len() > 1).unwrap_or_default();
        let name = match (runs, set) {
            (1, _) => column.clone(),
            (_, "") => label.to_string(),
            _ => format!("{label} {set}"),
        };
        Curve {
            name,
            color: if runs == 1 { i } else { place },
            dashed: runs > 1 && set == "train",
            points: run.rows.iter().enumerate().step_by(run.rows.len().div_ceil(MOST).max(1)).map(epoch).collect(),
        }
    };
    own.enumerate().map(curve).collect()
}

/// What the steps of one run measured.
pub fn steps(run: &Summary) -> Vec<Chart> {
    let rows = run.steps();
    let kept = rows.len().div_ceil(MOST).max(1);
    let mut columns: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for row in rows.iter().step_by(kept) {
        for (column, value) in row.iter().filter(|(column, _)| !["step", "epoch"].contains(&column.as_str())) {
            let y = value.as_f64().unwrap_or(f64::NAN);
            columns.entry(column).or_default().push((number(row, "step"), y));
        }
    }
    let x_label = if kept == 1 { "step".to_string() } else { format!("step, each {kept}th row of steps.jsonl") };
    let chart = |(column, points): (&str, Vec<(f64, f64)>)| {
        let curve = Curve { name: column.into(), color: 0, dashed: false, points };
        Chart::new(column, &x_label, vec![curve])
    };
    columns.into_iter().filter_map(chart).collect()
}

fn number(row: &Record, column: &str) -> f64 {
    row.get(column).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_sets_are_one_measure() {
        assert_eq!(
            ["train_loss", "test_loss", "lr", "train", "my_loss", "valid_f1"].map(measure),
            ["loss", "loss", "lr", "train", "my_loss", "f1"]
        );
    }
}
