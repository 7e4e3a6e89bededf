//! Runs chosen, sorted, and in columns.

use super::fields::{changed, names, value};
use super::filter::{Filter, check_name};
use super::find::runs_below;
use super::order::by_value;
use crate::error::Result;
use crate::ml::run::{Record, Summary};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::path::Path;

/// What is to be listed, and how.
#[derive(Debug, Default, Clone)]
pub struct Request {
    pub filter: Option<String>,
    /// A name; `-name` for the largest first.
    pub sort: Option<String>,
    /// None: those that tell the runs apart.
    pub columns: Option<Vec<String>>,
}

/// The runs below a folder, as they were asked for.
#[derive(Debug)]
pub struct List {
    pub runs: Vec<Summary>,
    pub columns: Vec<String>,
}

/// # Errors
/// A folder that cannot be read, a filter that does not parse, a name that no run has.
pub fn list(folder: &Path, request: &Request) -> Result<List> {
    let filter = request.filter.as_deref().map(Filter::parse).transpose()?;
    let all = runs_below(folder)?;
    if !all.is_empty() {
        let known = names(&all);
        let sort = request.sort.iter().map(|name| name.trim_start_matches('-'));
        let asked = request.columns.iter().flatten().map(String::as_str).chain(sort);
        asked.into_iter().try_for_each(|name| check_name(name, &all, &known))?;
    }
    let mut runs = match &filter {
        Some(filter) => filter.choose(all)?,
        None => all,
    };
    if let Some(sort) = &request.sort {
        sort_by(&mut runs, sort);
    }
    let columns = request.columns.clone().unwrap_or_else(|| usual_columns(&runs));
    Ok(List { runs, columns })
}

/// Those without a value stand last, whichever way the others are sorted.
fn sort_by(runs: &mut Vec<Summary>, by: &str) {
    let (name, falls) = by.strip_prefix('-').map_or((by, false), |name| (name, true));
    let mut keyed: Vec<(Value, Summary)> =
        std::mem::take(runs).into_iter().map(|run| (value(&run, name), run)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a.is_null(), b.is_null()) {
        (false, false) if falls => by_value(b, a),
        (false, false) => by_value(a, b),
        (x, y) => {
            if x == y {
                Ordering::Equal
            } else {
                x.cmp(&y)
            }
        }
    });
    *runs = keyed.into_iter().map(|(_, run)| run).collect();
}

/// Name, how it stands and when, the settings that differ, how far it came, and the measure of each training, at its end and at its best.
fn usual_columns(runs: &[Summary]) -> Vec<String> {
    let mut columns: Vec<String> = vec!["run".into()];
    let has = |name: &str| {
        runs.iter().any(|run| match value(run, name) {
            Value::Null => false,
            Value::Array(values) => !values.is_empty(),
            _ => true,
        })
    };
    columns.extend(["name"].into_iter().filter(|name| has(name)).map(str::to_string));
    columns.extend(["status", "started"].map(str::to_string));
    columns.extend(["tags"].into_iter().filter(|name| has(name)).map(str::to_string));
    columns.extend(changed(runs));
    columns.push("epoch".into());
    let mut measures: Vec<&str> = runs.iter().filter_map(Summary::monitored).collect();
    measures.sort_unstable();
    measures.dedup();
    columns.extend(measures.into_iter().flat_map(|column| [format!("last.{column}"), format!("best.{column}")]));
    columns.extend(["test.test_acc", "test.test_loss"].into_iter().find(|name| has(name)).map(str::to_string));
    columns
}

impl List {
    /// The values, a row a run.
    pub fn rows(&self) -> Vec<Vec<Value>> {
        self.runs.iter().map(|run| self.columns.iter().map(|column| value(run, column)).collect()).collect()
    }

    /// An object a run, with a value for each column.
    pub fn flat(&self) -> Vec<Record> {
        self.rows().into_iter().map(|row| self.columns.iter().cloned().zip(row).collect()).collect()
    }

    /// An object a run, with all that can be told of it.
    pub fn whole(&self) -> Vec<Value> {
        self.runs.iter().map(whole).collect()
    }
}

/// All that can be told of a run.
pub fn whole(run: &Summary) -> Value {
    let own = |name: &str| value(run, name);
    json!({
        "run": own("run"), "name": own("name"), "script": own("script"), "status": own("status"), "error": own("error"),
        "started": own("started"), "since": own("since"), "tags": own("tags"), "notes": own("notes"),
        "options": run.config["options"], "training": run.config["training"], "optimizer": run.config["optimizer"],
        "seed": own("seed"), "epoch": own("epoch"), "epochs": own("epochs"), "seconds": own("seconds"),
        "monitor": run.monitored(), "last": run.rows.last(), "best": run.best(), "test": run.tested(), "result": run.result, "wrong": run.wrong,
    })
}
