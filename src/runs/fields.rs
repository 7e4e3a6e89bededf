//! What can be asked of a run, by its name.

use crate::ml::run::{FUNCTIONS, NO_SETTINGS, Record, Summary};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What every run has.
const OWN: [&str; 13] = [
    "run", "name", "status", "started", "since", "error", "tags", "notes", "script", "epoch", "epochs", "seconds",
    "seed",
];

/// Where settings stand in `config.json`, in the order in which a name is looked for: the script's options, those of its training, then the
/// optimizer's (of its first group).
const PLACES: [&str; 3] = ["options", "training", "optimizer"];

fn place<'a>(run: &'a Summary, place: &str) -> &'a Value {
    match place {
        "optimizer" => &run.config["optimizer"]["groups"][0],
        other => &run.config[other],
    }
}

/// A setting by its name alone, `lr`.
fn setting<'a>(run: &'a Summary, name: &str) -> Option<&'a Value> {
    if name == "algorithm" {
        return run.config["optimizer"].get(name);
    }
    PLACES.iter().find_map(|part| place(run, part).get(name))
}

/// What a run says to `name`; null where it has nothing of that name: `status`; a setting such as `lr`; a column of its last row such as
/// `test_acc`, or of its best one, `best.test_acc`; `test.test_acc`, what the test set says in the end, beside a validation set (`result.test_acc` is the same); `last.lr`, `options.lr`, `training.lr`, `optimizer.lr`; and what else stands in
/// `config.json`, `machine.host`.
pub fn value(run: &Summary, name: &str) -> Value {
    if OWN.contains(&name) {
        return own(run, name);
    }
    if let Some(found) = setting(run, name).or_else(|| run.rows.last()?.get(name)) {
        return found.clone();
    }
    let Some((part, rest)) = name.split_once('.') else { return run.config.get(name).cloned().unwrap_or_default() };
    let row = |row: Option<&Record>| row.and_then(|row| row.get(rest)).cloned().unwrap_or_default();
    match part {
        "last" => row(run.rows.last()),
        "best" => row(run.best()),
        "test" | "result" if run.tested().is_some_and(|test| test.contains_key(rest)) => row(run.tested()),
        "result" => row(run.result.as_ref()),
        _ if PLACES.contains(&part) && place(run, part).get(rest).is_some() => place(run, part)[rest].clone(),
        _ => name.split('.').fold(&run.config, |value, part| &value[part]).clone(),
    }
}

fn own(run: &Summary, name: &str) -> Value {
    let text = |value: Option<&str>| value.map_or(Value::Null, |text| json!(text));
    match name {
        "run" => json!(run.folder.to_string_lossy()),
        "name" => text(run.name()),
        "script" => run.config["name"].clone(),
        "status" => json!(run.how.to_string()),
        "started" => text(run.started().as_deref()),
        "since" => text(run.since.as_deref()),
        "error" => text(run.error.as_deref()),
        "tags" => json!(run.tags),
        "notes" => run.config["run"]["notes"].clone(),
        "epoch" => json!(run.rows.len()),
        "epochs" => run.config["training"]["epochs"].clone(),
        "seconds" => {
            let of = |row: &Record| {
                ["train_seconds", "valid_seconds", "test_seconds"]
                    .iter()
                    .filter_map(|c| row.get(*c)?.as_f64())
                    .sum::<f64>()
            };
            json!(run.rows.iter().map(of).sum::<f64>())
        }
        "seed" => run.config["seed"].clone(),
        _ => Value::Null,
    }
}

/// The names of all settings of these runs, in alphabetical order.
fn settings<'a>(runs: impl Iterator<Item = &'a Summary>) -> BTreeSet<&'a str> {
    let of = |run: &'a Summary| {
        let parts = PLACES.into_iter().filter_map(|part| place(run, part).as_object());
        parts.flat_map(|part| part.keys().map(String::as_str)).chain(["algorithm"])
    };
    runs.flat_map(of).filter(|name| !NO_SETTINGS.contains(name)).collect()
}

/// What can be asked of these runs.
pub fn names(runs: &[Summary]) -> Vec<String> {
    let mut names: Vec<String> = OWN.iter().map(ToString::to_string).collect();
    names.extend(settings(runs.iter()).into_iter().map(str::to_string));
    let columns: BTreeSet<&String> = runs.iter().filter_map(|run| run.rows.last()).flat_map(Record::keys).collect();
    names.extend(columns.iter().map(ToString::to_string));
    names.extend(columns.iter().map(|column| format!("best.{column}")));
    let tested: BTreeSet<&String> = runs.iter().filter_map(Summary::tested).flat_map(Record::keys).collect();
    names.extend(tested.iter().map(|column| format!("test.{column}")));
    let parts: BTreeSet<&String> =
        runs.iter().filter_map(|run| run.config.as_object()).flat_map(Record::keys).collect();
    names.extend(parts.into_iter().cloned());
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The settings in which these runs differ. One that hides another of the same name is joined by that, `optimizer.lr`, where only that one
/// differs.
pub fn changed(runs: &[Summary]) -> Vec<String> {
    let runs: Vec<&Summary> = runs.iter().filter(|run| !run.config.is_null()).collect();
    let differ = |name: &str| {
        let mut values = runs.iter().map(|run| value(run, name));
        let first = values.next();
        first.is_some_and(|first| values.any(|value| value != first))
    };
    let mut changed = Vec::new();
    for name in settings(runs.iter().copied()).into_iter().chain(["seed"]).collect::<BTreeSet<_>>() {
        if OWN.contains(&name) && !["seed", "epochs"].contains(&name) {
            continue;
        }
        if differ(name) {
            changed.push(name.to_string());
            continue;
        }
        let qualified = PLACES[1..].iter().map(|part| format!("{part}.{name}"));
        changed.extend(qualified.filter(|name| differ(name)));
    }
    // What functions have captured: `penalty::l2(1e-3)` and `penalty::l2(1e-4)` read alike.
    let functions: BTreeSet<&String> =
        runs.iter().filter_map(|run| run.config[FUNCTIONS].as_object()).flat_map(Record::keys).collect();
    let captured = |run: &Summary, name: &str| {
        let mut captured = run.config[FUNCTIONS][name]["captured"].clone();
        if let Some(captured) = captured.as_object_mut() {
            // Options are settings of their own: a function that has them captured differs in nothing else.
            captured.retain(|_, value| *value != run.config["options"]);
        }
        captured
    };
    let differs = |name: &&String| runs.windows(2).any(|pair| captured(pair[0], name) != captured(pair[1], name));
    changed.extend(functions.into_iter().filter(differs).map(|name| format!("{FUNCTIONS}.{name}.captured")));
    changed
}
