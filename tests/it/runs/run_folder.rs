//! What a run leaves behind, and where.

use imdbsh::error::ErrorKind;
use imdbsh::ml::run::RunFolder;
use jiff::civil::date;
use serde_json::{Value, json};
use std::fs;

fn record(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn a_folder_is_named_by_run_and_time_and_a_second_one_is_numbered() {
    let root = tempfile::tempdir().unwrap();
    let now = date(2025, 3, 9).at(7, 5, 1, 0);
    let names: Vec<String> = (0..3)
        .map(|_| RunFolder::under(&root.path().join("runs"), "adam", now).unwrap())
        .map(|run| run.path().file_name().unwrap().to_str().unwrap().to_string())
        .collect();
    assert_eq!(names, ["adam-20250309-070501", "adam-20250309-070501-2", "adam-20250309-070501-3"]);
}

#[test]
fn a_name_stays_inside_the_folder_of_runs() {
    let root = tempfile::tempdir().unwrap();
    let now = date(2025, 3, 9).at(7, 5, 1, 0);
    for (name, folder) in [("../lr 1e-3", "_lr_1e-3-20250309-070501"), ("", "run-20250309-070501")] {
        let run = RunFolder::under(root.path(), name, now).unwrap();
        assert_eq!(run.path(), root.path().join(folder));
    }
}

#[test]
fn a_given_folder_is_made_and_refused_once_it_holds_a_run() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    let mut run = RunFolder::create("x", Some(dir.clone())).unwrap();
    assert_eq!(run.path(), dir);
    run.write_config(&json!({})).unwrap();
    let error = RunFolder::create("x", Some(dir.clone())).unwrap_err();
    assert!(error.message.contains("another run is at work in") && error.message.contains("a/b"), "{error}");
    drop(run);
    let error = RunFolder::create("x", Some(dir.clone())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::File);
    assert!(error.message.contains("already holds a run (metrics.jsonl)"), "{error}");

    // Other files do not matter.
    let other = root.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("notes.txt"), "").unwrap();
    RunFolder::create("x", Some(other)).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_said_at_once() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    for dir in [file.clone(), file.join("below")] {
        let error = RunFolder::create("x", Some(dir.clone())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::File);
        assert!(error.message.contains(dir.to_str().unwrap()), "{error}");
    }
}

#[test]
fn metrics_are_one_line_an_epoch_in_the_order_given_and_valid_json_for_nan() {
    let root = tempfile::tempdir().unwrap();
    let mut run = RunFolder::create("x", Some(root.path().join("r"))).unwrap();
    run.log(&record(json!({"epoch": 1, "lr": 1e-3, "train_loss": 0.69, "test_loss": f64::NAN})), &[]).unwrap();
    run.log(&record(json!({"epoch": 2, "lr": 1e-3, "train_loss": f64::INFINITY})), &[]).unwrap();
    let text = fs::read_to_string(run.path().join("metrics.jsonl")).unwrap();
    let expected = "{\"epoch\":1,\"lr\":0.001,\"train_loss\":0.69,\"test_loss\":null}\n\
                    {\"epoch\":2,\"lr\":0.001,\"train_loss\":null}\n";
    assert_eq!(text, expected);
}

#[test]
fn config_script_and_plot_lie_in_the_folder_and_nothing_else_does() {
    let root = tempfile::tempdir().unwrap();
    let mut run = RunFolder::create("x", Some(root.path().join("r"))).unwrap();
    run.write_config(&json!({"seed": 1, "options": {"lr": 0.001}})).unwrap();
    run.write_script("let o = 1;\n").unwrap();
    run.save_plot(&[record(json!({"epoch": 1, "train_loss": 0.5, "train_acc": 0.7}))]).unwrap();

    let config: Value = serde_json::from_str(&fs::read_to_string(run.path().join("config.json")).unwrap()).unwrap();
    assert_eq!(config["options"]["lr"], 0.001);
    assert_eq!(fs::read_to_string(run.path().join("script.rhai")).unwrap(), "let o = 1;\n");
    let mut names: Vec<_> = fs::read_dir(run.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".lock", "config.json", "loss.png", "metrics.jsonl", "script.rhai"]);
}
