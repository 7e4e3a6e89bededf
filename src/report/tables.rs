//! What stands in the tables of a report.

use crate::access;
use crate::ml::run::{CHANGES, FUNCTIONS, Record, SCRIPT, Summary};
use crate::output::{in_a_line, visible};
use crate::runs::{
    compare::CIRCUMSTANCES,
    fields::{changed, value},
    shown::cell,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// A name and what each run has there.
#[derive(Debug, Serialize)]
pub struct Line {
    name: String,
    values: Vec<String>,
    differs: bool,
}

/// One run as it is described at length.
#[derive(Debug, Serialize)]
pub struct Described {
    label: String,
    folder: String,
    status: String,
    error: Option<String>,
    wrong: Vec<String>,
    notes: String,
    tags: String,
    network: String,
    functions: Vec<(String, String)>,
    script: String,
    /// What was changed in its course, as `changes.jsonl` has it.
    changes: String,
}

/// How each run stands and what came out.
pub fn figures(runs: &[Summary]) -> Vec<Line> {
    let mut names: Vec<String> = ["status", "started", "epoch", "epochs", "seconds"].map(str::to_string).into();
    let measured: BTreeSet<&str> = runs.iter().filter_map(Summary::monitored).collect();
    names.extend(measured.iter().map(|column| format!("best.{column}")));
    names.push("best.epoch".into());
    let columns = |row: fn(&Summary) -> Option<&Record>| {
        let mut names: Vec<String> = Vec::new();
        for column in runs.iter().filter_map(row).flat_map(Record::keys) {
            if column != "epoch" && !column.ends_with("_seconds") && !names.contains(column) {
                names.push(column.clone());
            }
        }
        names
    };
    names.extend(columns(|run| run.rows.last()).into_iter().map(|column| format!("last.{column}")));
    names.extend(columns(|run| run.tested()).into_iter().map(|column| format!("test.{column}")));
    lines(runs, &names)
}

/// The options of the scripts.
pub fn options(runs: &[Summary]) -> Vec<Line> {
    lines(runs, &keys(runs, |run| &run.config["options"]).map(|name| format!("options.{name}")).collect::<Vec<_>>())
}

/// Those of the optimizer and of the training; what the training calls stands elsewhere.
pub fn settings(runs: &[Summary]) -> Vec<Line> {
    let group = keys(runs, |run| &run.config["optimizer"]["groups"][0]);
    let group = group.filter(|name| !["parameters", "numbers"].contains(&name.as_str()));
    let is_called = |name: &String| runs.iter().any(|run| run.config[FUNCTIONS].get(name.as_str()).is_some());
    let training = keys(runs, |run| &run.config["training"]).filter(|name| !is_called(name));
    let mut names = vec!["seed".to_string(), "optimizer.algorithm".to_string()];
    names.extend(group.map(|name| format!("optimizer.{name}")).chain(training.map(|name| format!("training.{name}"))));
    let mut all = lines(runs, &names);
    // What functions have captured stands in no option.
    all.extend(lines(runs, &changed(runs).into_iter().filter(|name| name.starts_with(FUNCTIONS)).collect::<Vec<_>>()));
    all
}

/// The names in a part of their configurations, each once.
fn keys(runs: &[Summary], part: fn(&Summary) -> &Value) -> impl Iterator<Item = String> {
    let mut names: Vec<String> = Vec::new();
    for name in runs.iter().filter_map(|run| part(run).as_object()).flat_map(Record::keys) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.into_iter()
}

/// What is told beside what can make other numbers.
const SIZES: [&str; 7] = [
    "machine.system",
    "data.train.rows",
    "data.valid.rows",
    "data.valid.fingerprint",
    "data.test.rows",
    "network.parameters",
    "network.trainable",
];

/// On what they ran.
pub fn circumstances(runs: &[Summary]) -> Vec<Line> {
    let names = CIRCUMSTANCES.into_iter().chain(SIZES);
    lines(runs, &names.map(str::to_string).collect::<Vec<_>>())
}

/// Those of which some run has a value.
fn lines(runs: &[Summary], names: &[String]) -> Vec<Line> {
    let line = |name: &String| {
        let values: Vec<Value> = runs.iter().map(|run| value(run, name)).collect();
        values.iter().any(|value| !value.is_null()).then(|| Line {
            name: in_a_line(name.split_once('.').filter(|(part, _)| *part == "options").map_or(name, |(_, rest)| rest))
                .into_owned(),
            differs: values.iter().any(|value| *value != values[0]),
            values: values.iter().map(|value| cell(name, value)).collect(),
        })
    };
    names.iter().filter_map(line).collect()
}

/// A script that may not be read has in its place why.
pub fn described(run: &Summary, label: &str) -> Described {
    let text = |file: &str| {
        let path = run.folder.join(file);
        let read = access::metadata(&path).and_then(|found| found.map(|_| access::read_to_string(&path)).transpose());
        visible(&read.map_or_else(|error| error.message, Option::unwrap_or_default)).into_owned()
    };
    let config = &run.config;
    let network = config["network"]["summary"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let functions = config[FUNCTIONS].as_object().into_iter().flatten().map(|(name, told)| {
        let source = config["training"][name].as_str().or(told["text"].as_str()).unwrap_or_default();
        let at = told["at"].as_str().map(|at| format!("// {at}\n")).unwrap_or_default();
        let captured = match &told["captured"] {
            Value::Object(map) if !map.is_empty() => format!("\n// captured: {}", told["captured"]),
            _ => String::new(),
        };
        (visible(name).into_owned(), visible(&format!("{at}{source}{captured}")).into_owned())
    });
    Described {
        label: label.to_string(),
        folder: in_a_line(&run.folder.to_string_lossy()).into_owned(),
        status: run.how.to_string(),
        error: run.error.as_deref().map(|error| visible(error).into_owned()),
        wrong: run.wrong.iter().map(|wrong| visible(wrong).into_owned()).collect(),
        notes: cell("notes", &value(run, "notes")),
        tags: cell("tags", &value(run, "tags")),
        network: visible(&network.collect::<Vec<_>>().join("\n")).into_owned(),
        functions: functions.collect(),
        script: text(SCRIPT),
        changes: text(CHANGES),
    }
}
