//! The examples: each runs in an empty folder, says something true, and writes what its first lines say and nothing else.

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each example prints, in part, and the files that it leaves.
const EXAMPLES: [(&str, &[&str], &[&str]); 28] = [
    ("autograd", &["dy/dx = [2.0, 4.0, 6.0]", "first derivative 27.0, second 18.0", "step 5: 1.414213562373"], &[]),
    ("early_stopping", &["stopped after ", "above 0.95 on the training rows after "], &["early_stopping.png"]),
    ("ensemble", &["network    test_acc\nseed 1 ", "all three    0.7", "all agree on ", " elsewhere"], &[]),
    ("folds", &["l2 0.01: 0.", " over 5 folds\nbest: l2 0", "test accuracy 0."], &[]),
    ("halving", &["1 more epochs: 8 go on", "8 more epochs: 1 go on", ": test accuracy 0."], &[]),
    (
        "hooks",
        &["AUC 0.", " epochs without gain, test AUC 0.", "15 lines, the last of step 75: loss 0."],
        &["hooks.png", "runs"],
    ),
    ("learning_curve", &["reviews    mean     std\n    125  0.", "   2000  0."], &["learning_curve.png"]),
    ("loss", &["q = 0.1: ", "q = 0.5: ", "q = 0.9: "], &["quantiles.png"]),
    ("mistakes", &["is \\ scored  neg  pos\n", "neg, said with 0."], &["confusion.png"]),
    ("network", &["(gate): Linear(100, 1)", "test accuracy 0.7", "\"great\""], &[]),
    ("ngrams", &["up to 1 words: test accuracy 0.8", "up to 2 words: test accuracy 0.8"], &[]),
    ("optimizer", &["optimizer(lr=0.05): loss 0.", "adam(lr=0.05): loss 0."], &[]),
    ("orthogonality", &["factor  test_acc  distance\n0.0000  ", "0.0100  "], &[]),
    ("parameter_groups", &["from 1e-3 to 4.1e-4\nfrom 0.02 to 8.19e-3", "\"worst\""], &[]),
    ("penalty", &["λ Σ|w|: w = 2.9"], &[]),
    ("plotting", &["widths.png", "panels.png"], &["panels.png", "runs.png", "widths.png"]),
    ("regression", &["w = 2.9", "b = -1.0"], &[]),
    ("resume", &["8 epochs, the last with a loss of 0."], &["runs"]),
    ("restarts", &["epoch        lr  valid_loss\n    1    0.0300", "the best by valid_loss"], &["restarts.png"]),
    ("save_load", &["the same scores: true", "do not fit the network"], &["net.safetensors"]),
    ("schedule", &["last loss 0.01", " at a rate of 0.01"], &["schedule.png"]),
    ("sweep", &["after 6 epochs (best 0."], &["runs"]),
    ("tensors", &["x has shape [2, 3] and kind int64", "column sums [4, 5, 9], mean 3.0"], &[]),
    ("text", &["400 reviews", "terrible: [\"horrible\", \"awful\"", "three: [\"four\", \"two\", \"five\""], &[]),
    ("textcnn", &["Conv1d(100, 50, 5)", "test accuracy 0.7"], &[]),
    ("training_loop", &["epoch 10: loss 0.0", "test accuracy 1.000"], &[]),
    ("transformer", &["TransformerEncoder(", "test accuracy 0.7"], &[]),
    (
        "validation",
        &["800 to train on, 200 to choose by, 500 to judge by", "the best by valid_loss", "once more: true"],
        &["validation.png"],
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Runs an example in an empty folder; gives what it printed, and fails where it does not do what `EXAMPLES` says.
fn run(name: &str) -> String {
    let (_, prints, leaves) = EXAMPLES.into_iter().find(|(known, ..)| *known == name).unwrap();
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .arg(folder().join(format!("{name}.rhai")))
        .current_dir(empty.path())
        .env_remove("IMDBSH_PATH")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{name}: {err}");
    assert!(err.lines().all(|line| line.starts_with("epoch ")), "{name} says on stderr: {err}");
    for text in prints {
        assert!(out.contains(text), "{name} does not print {text:?}:\n{out}");
    }
    assert_eq!(names_in(empty.path()), set(leaves), "{name} leaves other files");
    out
}

/// The number behind `label`.
fn number(out: &str, label: &str) -> f64 {
    let rest = out.split_once(label).unwrap_or_else(|| panic!("no {label:?} in:\n{out}")).1;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.e".contains(c))).unwrap_or(rest.len());
    rest[..end].parse().unwrap_or_else(|_| panic!("no number behind {label:?} in:\n{out}"))
}

macro_rules! examples {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name));
        }
    )*};
}

examples! {
    autograd folds hooks network ngrams optimizer parameter_groups plotting resume save_load schedule sweep tensors text textcnn
    training_loop transformer validation
}

#[test]
fn regression_recovers_the_line() {
    let out = run("regression");
    assert!((number(&out, "w = ") - 3.0).abs() < 0.1 && (number(&out, "b = ") + 1.0).abs() < 0.1, "{out}");
}

#[test]
fn loss_puts_the_share_q_of_the_points_below_the_line() {
    let out = run("loss");
    for q in [0.1, 0.5, 0.9] {
        assert!((number(&out, &format!("q = {q}: ")) / 100.0 - q).abs() < 0.03, "{out}");
    }
}

#[test]
fn penalty_makes_weights_zero_that_do_not_matter() {
    let out = run("penalty");
    let zeros: Vec<f64> = out.lines().map(|line| number(line, "…; ")).collect();
    assert!(zeros[1] > 2.0 * zeros[0] && zeros[1] <= 18.0, "{out}");
}

#[test]
fn early_stopping_stops_early() {
    assert!(number(&run("early_stopping"), "stopped after ") < 50.0);
}

#[test]
fn every_example_is_short_listed_and_run() {
    let readme = fs::read_to_string(folder().join("../README.md")).unwrap();
    let files = names_in(&folder());
    assert_eq!(files, EXAMPLES.iter().map(|(name, ..)| format!("{name}.rhai")).collect());
    for file in files {
        let text = fs::read_to_string(folder().join(&file)).unwrap();
        assert!(text.lines().count() <= 30, "{file} has {} lines", text.lines().count());
        assert!(text.starts_with("// "), "{file} does not say what it shows");
        assert!(readme.contains(&format!("(examples/{file})")), "README does not list {file}");
    }
}
