//! Two settings, each with runs of several seeds: whether the one is better by more than the seeds make.

use super::fields::value;
use super::shown::cell;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::{Record, Summary};
use crate::ml::statistics::{mean_and_deviation, t_interval};
use serde_json::{Value, json};

const LEVEL: f64 = 0.95;

/// What the runs of two settings came to in one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// `test.test_acc`, what the test set said in the end, or a column of the last rows.
    pub name: String,
    /// Mean and deviation of each setting.
    pub each: [(f64, Option<f64>); 2],
    /// Over how many seeds of both, the mean of the first less the second, and the ends of its 95 % interval (paired t); none of fewer than two.
    pub difference: Option<(usize, f64, (f64, f64))>,
}

/// The figures that all of these runs have, the runs of the same seed in pairs.
///
/// # Errors
/// Two runs of one setting with the same seed; runs that have no figure in common.
pub fn figures(a: &[Summary], b: &[Summary]) -> Result<Vec<Figure>> {
    for runs in [a, b] {
        let twice = runs.iter().enumerate().find(|(i, run)| runs[..*i].iter().any(|other| seed(other) == seed(run)));
        if let Some((_, run)) = twice.filter(|_| runs.len() > 1) {
            let message = format!("{} has the seed {} of another run of its setting", run.folder.display(), seed(run));
            return Err(Error::new(ErrorKind::Usage, message));
        }
    }
    let all = || a.iter().chain(b);
    let named = |part: &str, row: Option<&Record>| -> Vec<String> {
        let columns = row.into_iter().flat_map(Record::keys);
        columns
            .filter(|c| !["epoch", "lr"].contains(&c.as_str()) && !c.ends_with("_seconds"))
            .map(|c| format!("{part}.{c}"))
            .collect()
    };
    let first = all().next();
    let names = [("test", first.and_then(Summary::tested)), ("last", first.and_then(|run| run.rows.last()))];
    let names = names.into_iter().flat_map(|(part, row)| named(part, row));
    let found: Vec<Figure> = names
        .filter(|name| all().all(|run| value(run, name).as_f64().is_some()))
        .filter_map(|name| figure(name, a, b))
        .collect();
    match found.is_empty() {
        true => {
            Err(Error::value("these runs have no figure in common: none has finished an epoch, or each has others"))
        }
        false => Ok(found),
    }
}

fn seed(run: &Summary) -> Value {
    value(run, "seed")
}

fn figure(name: String, a: &[Summary], b: &[Summary]) -> Option<Figure> {
    let of = |run: &Summary| value(run, &name).as_f64().unwrap_or(f64::NAN);
    let each = |runs: &[Summary]| mean_and_deviation(&runs.iter().map(of).collect::<Vec<_>>());
    let pair = |run: &Summary| b.iter().find(|other| seed(other) == seed(run)).map(|other| of(run) - of(other));
    let differences: Vec<f64> = a.iter().filter_map(pair).collect();
    let difference = mean_and_deviation(&differences).zip(t_interval(&differences, LEVEL));
    let difference = difference.map(|((mean, _), ends)| (differences.len(), mean, ends));
    Some(Figure { each: [each(a)?, each(b)?], difference, name })
}

/// A line for each figure.
pub fn text(figures: &[Figure]) -> String {
    let lines = figures.iter().map(|figure| {
        let [a, b] = figure.each.map(|(mean, deviation)| match deviation {
            Some(deviation) => format!("{mean:.4} ± {deviation:.4}"),
            None => format!("{mean:.4}"),
        });
        let difference = match figure.difference {
            Some((seeds, mean, (low, high))) => {
                format!("first less second {mean:.4} (95 %: {low:.4} to {high:.4}, paired t over {seeds} seeds)")
            }
            None => "fewer than two seeds that both have".to_string(),
        };
        format!("{}  {a} and {b}: {difference}", cell("", &json!(figure.name)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn to_json(figures: &[Figure]) -> Value {
    let of = |(mean, deviation): (f64, Option<f64>)| json!({ "mean": mean, "deviation": deviation });
    let figure = |figure: &Figure| {
        let difference = figure
            .difference
            .map(|(seeds, mean, (low, high))| json!({ "seeds": seeds, "mean": mean, "low": low, "high": high }));
        let [first, second] = figure.each.map(of);
        (figure.name.clone(), json!({ "first": first, "second": second, "difference": difference }))
    };
    Value::Object(figures.iter().map(figure).collect())
}
