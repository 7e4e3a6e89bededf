//! What a run said of each test row: kept, compared with another run's, the same after kills, and in a replay.

use crate::common::runs::Place;
use serde_json::Value;
use std::fs;

/// Trains on some rows, chooses by others, and scores a third part in the end.
const CHOSEN: &str = r#"
let o = options(#{ epochs: 3, lr: 0.01, seed: 3 });
let x = randn([96, 8]);
let y = (x.sum(1) > 0).to("int64");
let data = #{ train: dataset(x[0..48], y[0..48]), valid: dataset(x[48..72], y[48..72]), test: dataset(x[72..96], y[72..96]) };
let net = sequential([linear(8, 2)]);
train::fit(net, adam(net, #{ lr: o.lr }), data, #{ epochs: o.epochs, batch: 8, progress: false });
"#;

/// Reads the same reviews with a vocabulary of its own.
const REVIEWS: &str = r#"
let o = options(#{ epochs: 1, train: 20, max_len: 20 });
let data = imdb::load(#{ train: o.train, test: 12, max_len: o.max_len, vectors: "none" });
let net = sequential([embedding(data.vocabulary.len(), 4), lstm(4, 4), linear(4, 2)]);
train::fit(net, adam(net), data, #{ epochs: o.epochs, progress: false });
"#;

fn with(script: &str) -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), script).unwrap();
    place
}

fn printed(place: &Place, arguments: &[&str]) -> String {
    let output = place.command(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn predictions(place: &Place, run: &str) -> String {
    fs::read_to_string(place.path(run).join("predictions.csv")).unwrap()
}

/// The share of lines whose label is what was predicted.
fn accuracy(csv: &str) -> f64 {
    let rows: Vec<Vec<&str>> = csv.lines().skip(2).map(|line| line.split(',').collect()).collect();
    rows.iter().filter(|row| row[1] == row[2]).count() as f64 / rows.len() as f64
}

fn last_row(place: &Place, run: &str) -> Value {
    let rows = fs::read_to_string(place.path(run).join("metrics.jsonl")).unwrap();
    serde_json::from_str(rows.lines().last().unwrap()).unwrap()
}

#[test]
fn the_last_epoch_is_kept_row_by_row_where_the_test_set_is_scored_after_each() {
    let place = Place::new();
    place.run(&["--run-dir", "run", "s.rhai"]);
    let csv = predictions(&place, "run");
    assert!(csv.starts_with("# predictions of a test set: epoch=4 set=rows-"), "{csv}");
    assert_eq!(csv.lines().nth(1), Some("row,label,predicted,probability"));
    assert_eq!(csv.lines().count(), 2 + 32);
    assert_eq!(Value::from(accuracy(&csv)), last_row(&place, "run")["test_acc"]);
    for (row, line) in csv.lines().skip(2).enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields[0], row.to_string());
        // The class that is predicted is the more probable of two.
        assert_eq!(fields[1] == fields[2], fields[3].parse::<f32>().unwrap() >= 0.5, "{line}");
    }
}

#[test]
fn the_best_epoch_is_kept_where_a_validation_set_chose_it_and_the_test_figures_are_listed() {
    let place = with(CHOSEN);
    place.run(&["--run-dir", "runs/a", "s.rhai"]);
    place.run(&["--run-dir", "runs/b", "s.rhai", "lr=0.3"]);
    let csv = predictions(&place, "runs/a");
    let result: Value = serde_json::from_slice(&fs::read(place.path("runs/a/result.json")).unwrap()).unwrap();
    assert!(csv.starts_with(&format!("# predictions of a test set: epoch={} ", result["test"]["epoch"])), "{csv}");
    assert_eq!(Value::from(accuracy(&csv)), result["test"]["test_acc"]);
    // Chosen, sorted and shown by what the test set says.
    assert!(printed(&place, &["runs"]).lines().next().unwrap().contains("test.test_acc"));
    let found = printed(
        &place,
        &[
            "runs",
            "--filter",
            "test.test_loss>0",
            "--sort",
            "-test.test_acc",
            "--columns",
            "run,test.test_acc",
            "--json",
        ],
    );
    let found: Vec<Value> = serde_json::from_str(&found).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found[0]["test.test_acc"].as_f64() >= found[1]["test.test_acc"].as_f64());
    assert!(
        printed(&place, &["runs", "show", "runs/a"])
            .lines()
            .any(|line| line.starts_with("test  ") && line.contains("test_acc="))
    );
    let diff = printed(&place, &["runs", "diff", "runs/a", "runs/b"]);
    assert!(
        diff.contains("  test.test_acc ") && diff.contains("\ntest rows\n  the same 24, scored after epoch"),
        "{diff}"
    );
}

#[test]
fn two_runs_are_compared_on_the_same_rows_and_not_on_others() {
    let place = Place::new();
    for (run, options) in [("a", "lr=0.01"), ("b", "lr=0.03"), ("c", "seed=4")] {
        place.run(&["--run-dir", run, "s.rhai", options]);
    }
    let diff = printed(&place, &["runs", "diff", "a", "b"]);
    assert!(diff.contains("the same 32, scored after epoch 4 and after epoch 4"), "{diff}");
    assert!(diff.contains("(McNemar)") && diff.contains("(95 %: "), "{diff}");
    let all: Value = serde_json::from_str(&printed(&place, &["runs", "diff", "a", "b", "--json"])).unwrap();
    let test = &all["test"];
    let count = |name: &str| test[name].as_u64().unwrap();
    assert_eq!(["both", "first", "second", "neither"].map(count).iter().sum::<u64>(), 32);
    for (i, run) in ["a", "b"].into_iter().enumerate() {
        assert_eq!(test["accuracies"][i], last_row(&place, run)["test_acc"]);
    }
    let difference = test["difference"]["mean"].as_f64().unwrap();
    assert!((difference - (count("first") as f64 - count("second") as f64) / 32.0).abs() < 1e-12);
    assert!(
        test["difference"]["low"].as_f64() <= Some(difference)
            && test["difference"]["high"].as_f64() >= Some(difference)
    );
    let again: Value = serde_json::from_str(&printed(&place, &["runs", "diff", "a", "b", "--json"])).unwrap();
    assert_eq!(&again["test"], test, "the interval is the same each time");

    let other = printed(&place, &["runs", "diff", "a", "c"]);
    assert!(other.contains("not compared: their test sets are not the same"), "{other}");
    fs::remove_file(place.path("b/predictions.csv")).unwrap();
    let older = printed(&place, &["runs", "diff", "a", "b"]);
    assert!(older.contains("not compared: b keeps no predictions of test rows"), "{older}");
    assert!(older.contains("scripts/test.rhai model=A,B"), "{older}");
}

#[test]
fn reviews_are_the_same_whatever_a_network_makes_of_their_words() {
    let place = with(REVIEWS);
    for (run, options) in [("a", "train=20"), ("b", "train=30"), ("c", "max_len=30")] {
        place.run(&["--run-dir", run, "s.rhai", options]);
    }
    assert!(predictions(&place, "a").contains(" set=texts-"));
    for other in ["b", "c"] {
        let diff = printed(&place, &["runs", "diff", "a", other]);
        assert!(diff.contains("test rows\n  the same 12"), "{diff}");
    }
}

#[test]
fn a_replay_comes_to_the_same_predictions_and_test_figures() {
    let place = with(CHOSEN);
    place.run(&["--run-dir", "run", "s.rhai"]);
    let replayed = || {
        let output = place.command(&["replay", "run"]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = replayed();
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("test: equal to the bit") && out.contains("predictions: equal to the bit (24 rows)"), "{out}");

    let file = place.path("run/predictions.csv");
    let csv = fs::read_to_string(&file).unwrap();
    let line = csv.lines().nth(7).unwrap();
    fs::write(&file, csv.replace(line, &format!("{},0.5", line.rsplit_once(',').unwrap().0))).unwrap();
    let result = place.path("run/result.json");
    let text = fs::read_to_string(&result).unwrap();
    fs::write(&result, text.replace("\"test_acc\": ", "\"test_acc\": 1")).unwrap();
    let (code, out) = replayed();
    assert_eq!(code, Some(1));
    assert!(
        out.contains("predictions: differ first in row 5: class") && out.contains("test: column test_acc differs: 1"),
        "{out}"
    );
    // What an older version has not kept is not missed.
    fs::remove_file(file).unwrap();
    fs::write(&result, text).unwrap();
    assert_eq!(replayed().0, Some(0));
}
