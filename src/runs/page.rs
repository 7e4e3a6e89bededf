//! One run on a page.

use super::fields::value;
use super::shown::cell;
use crate::ml::run::{FUNCTIONS, Record, Summary};
use serde_json::Value;

/// All that is told of a run, in lines.
pub fn page(run: &Summary) -> String {
    let config = &run.config;
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let shown = match value {
            Value::Object(map) => words(map),
            other => cell(name, other),
        };
        if !shown.is_empty() {
            lines.push(format!("{name:<12}{shown}"));
        }
    };
    for name in ["run", "name", "script", "status", "started", "since", "tags", "notes", "epoch", "seconds"] {
        add(name, &value(run, name));
    }
    for (name, part) in [("arguments", "arguments"), ("options", "options"), ("training", "training"), ("seed", "seed")]
    {
        add(name, &config[part]);
    }
    add("optimizer", &config["optimizer"]["algorithm"]);
    for group in config["optimizer"]["groups"].as_array().into_iter().flatten() {
        add("  group", group);
    }
    for (name, function) in config[FUNCTIONS].as_object().into_iter().flatten() {
        add(&format!("  {name}"), function);
    }
    for name in ["data", "git", "machine", "versions", "device", "threads"] {
        add(name, &config[name]);
    }
    for (name, row) in [("last", run.rows.last()), ("best", run.best()), ("test", run.tested())] {
        row.into_iter().for_each(|row| add(name, &Value::Object(row.clone())));
    }
    for (title, text) in [("error", run.error.clone()), ("wrong", Some(run.wrong.join("\n")).filter(|w| !w.is_empty()))]
    {
        let indented =
            text.map(|text| text.lines().map(|line| format!("\n  {}", cell("", &line.into()))).collect::<String>());
        indented.into_iter().for_each(|text| lines.push(format!("{title}{text}")));
    }
    let summary = config["network"]["summary"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let summary: String = summary.map(|line| format!("\n  {}", cell("", &line.into()))).collect();
    if !summary.is_empty() {
        lines.push(format!("network{summary}"));
    }
    lines.join("\n")
}

/// `lr=0.1 hidden=128`
fn words(map: &Record) -> String {
    let word = |(name, value): (&String, &Value)| match value {
        Value::Object(inner) if inner.is_empty() => None,
        Value::Object(inner) => Some(format!("{}({})", cell("", &name.as_str().into()), words(inner))),
        Value::Null => None,
        value => Some(format!("{}={}", cell("", &name.as_str().into()), cell(name, value))),
    };
    map.iter().filter_map(word).collect::<Vec<_>>().join(" ")
}
