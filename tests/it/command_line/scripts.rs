//! The lab's experiments, small: each trains, leaves a run, and `scripts/test.rhai` scores that run again.

use crate::common::scripts::{imdbsh, script};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SMALL: &[&str] = &["train=64", "test=32", "hidden=8", "epochs=2", "max_len=40", "batch=16"];

/// The scripts that train, and what a row of the lab's table asks of each beside its defaults.
const TRAINED: &[(&str, &[&str])] = &[
    ("bilstm_adam", &[]),
    ("bilstm_adam", &["softmax=false", "clip=1.0"]),
    ("bilstm_adam_dropout", &[]),
    ("bilstm_adam_l2", &[]),
    ("bilstm_adam_l2", &["lab=true", "l2=0.01"]),
    ("lstm_sgd", &[]),
    ("lstm_sgd", &["schedule=halve_every:5", "clip=1.0"]),
    ("lstm_sgd", &["lr=0.03", "schedule=on_oscillation", "momentum=0"]),
    ("bilstm_sgd", &[]),
    ("bilstm_best", &[]),
    ("bilstm_best", &["trained=true"]),
    ("handwritten_lstm", &[]),
    ("handwritten_lstm", &["lab=true", "lr=0.1"]),
    ("handwritten_lstm", &["built_in=true"]),
];

/// A folder with a run of the main script in it.
fn trained() -> TempDir {
    let folder = TempDir::new().unwrap();
    let (code, out, err) = imdbsh(folder.path(), &script("bilstm_adam_l2"), SMALL);
    assert_eq!(code, 0, "{out}{err}");
    folder
}

fn test(folder: &Path, options: &[&str]) -> (i32, String, String) {
    imdbsh(folder, &script("test"), &[&["model=run"], options].concat())
}

#[test]
fn every_script_trains_and_its_run_scores_the_same_again() {
    for (name, options) in TRAINED {
        let folder = TempDir::new().unwrap();
        let (code, out, err) = imdbsh(folder.path(), &script(name), &[SMALL, options].concat());
        assert_eq!(code, 0, "{name} {options:?}: {out}{err}");
        let rows = fs::read_to_string(folder.path().join("run/metrics.jsonl")).unwrap();
        let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 2, "{name} {options:?}");
        let accuracy = rows[1]["test_acc"].as_f64().unwrap();
        assert!(out.contains(&format!("test accuracy {accuracy:.4} after 2 epochs")), "{name} {options:?}: {out}");

        let (code, out, err) = test(folder.path(), &["test=32"]);
        assert_eq!(code, 0, "{name} {options:?}: {out}{err}");
        assert!(out.contains(&format!("accuracy {accuracy:.4}")), "{name} {options:?}: {accuracy} in training, {out}");
        assert!(folder.path().join("run/confusion.png").exists(), "{name} {options:?}");
    }
}

#[test]
fn every_script_is_listed_and_names_the_commands_of_its_rows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for entry in fs::read_dir(root.join("scripts")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let text = fs::read_to_string(root.join("scripts").join(&file)).unwrap();
        assert!(readme.contains(&format!("(scripts/{file})")), "README does not list {file}");
        assert!(text.starts_with("#!/usr/bin/env imdbsh\n// "), "{file} does not say what it does");
        assert!(text.contains(&format!("imdbsh scripts/{file}")), "{file} names no command");
    }
}

#[test]
fn a_run_is_scored_on_slices_of_folders_and_on_tables_with_its_worst_reviews_first() {
    let folder = trained();
    let (code, out, err) = test(folder.path(), &[]);
    assert!(code == 0 && out.contains("reviews of sample (those that it was tested on)"), "{out}{err}");
    let (code, out, err) = test(folder.path(), &["test=neg[990:1000] + pos[990:1000]", "wrong=3", "picture=mine.svg"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("20 reviews of sample (neg[990:1000] + pos[990:1000])"), "{out}");
    let wrong: Vec<&str> = out.lines().filter(|line| line.starts_with("test/")).collect();
    assert!((1..=3).contains(&wrong.len()), "{out}");
    let probability = |line: &str| -> f64 {
        let (is, scored) = line.split_once("  is ").unwrap().1.split_once(", scored ").unwrap();
        let (class, p) = scored.split_once(' ').unwrap();
        assert_ne!(is, class, "{line}");
        p.split(':').next().unwrap().parse().unwrap()
    };
    assert!(wrong.windows(2).all(|pair| probability(pair[0]) >= probability(pair[1])), "{out}");
    assert!(folder.path().join("mine.svg").exists());

    fs::write(folder.path().join("mine.csv"), "review,said\n\"a fine film, great\",pos\ndull,neg\nfine,pos\n").unwrap();
    let (code, out, err) =
        test(folder.path(), &["data=mine.csv", "text_column=review", "label_column=said", "vectors=sample"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("3 reviews of mine.csv (all)"), "{out}");
}

#[test]
fn a_network_of_a_users_own_script_is_built_again() {
    let folder = TempDir::new().unwrap();
    let own = r#"
        let o = options(#{ train: 16, test: 8, hidden: 4, max_len: 20 });
        fn gate(x) { x.tanh() }
        fn model(o, reviews) {
            network(#{
                words: embedding(reviews.vocabulary.len(), 5), read: lstm(5, o.hidden), head: linear(o.hidden, 2),
                forward: |x| this.head.forward(gate(this.read.forward(this.words.forward(x)))),
            })
        }
        let reviews = imdb::load(#{ train: o.train, test: o.test, max_len: o.max_len, vectors: "none" });
        let net = model(o, reviews);
        runs::report(train::fit(net, adam(net), reviews, #{ epochs: 1, progress: false }));
        print(`p ${runs::probabilities(net, reviews.test, #{}).to_array()}`);
    "#;
    fs::write(folder.path().join("own.rhai"), own).unwrap();
    let (code, out, err) = imdbsh(folder.path(), Path::new("own.rhai"), &[]);
    assert_eq!(code, 0, "{out}{err}");
    let again = r#"
        let run = runs::open("run");
        let set = runs::dataset_of(run, runs::reviews(run, #{ test: 8 }), #{});
        print(`p ${runs::probabilities(run.net, set, #{}).to_array()}`);
    "#;
    fs::write(folder.path().join("again.rhai"), again).unwrap();
    let (code, later, err) = imdbsh(folder.path(), Path::new("again.rhai"), &[]);
    assert_eq!(code, 0, "{later}{err}");
    let scores = |text: &str| text.lines().find(|line| line.starts_with("p ")).unwrap().to_string();
    assert_eq!(scores(&out), scores(&later));
}

#[test]
fn what_cannot_be_scored_is_said_with_what_was_expected() {
    let folder = trained();
    let run = folder.path().join("run");
    let says = |options: &[&str], code: i32, parts: &[&str]| {
        let (got, out, err) = test(folder.path(), options);
        assert_eq!(got, code, "{options:?}: {out}{err}");
        for part in parts {
            assert!(err.contains(part), "{options:?}: `{part}` is not in\n{err}");
        }
    };
    fs::write(folder.path().join("other.csv"), "text,label\nfine,good\ndull,bad\n").unwrap();
    says(&["test=neg[5000:6000]"], 1, &["neg"]);
    says(&["data=nowhere"], 1, &["nowhere"]);
    says(&["data=other.csv"], 1, &["other.csv:2", "`good`", "neg, pos"]);
    let (code, _, err) = imdbsh(folder.path(), &script("test"), &[]);
    assert!(code == 2 && err.contains("model=RUN"), "{code} {err}");
    let (code, _, err) = imdbsh(folder.path(), &script("test"), &["model=nowhere"]);
    assert!(code == 1 && err.contains("nowhere is no run folder: it has no config.json"), "{err}");

    let config = fs::read_to_string(run.join("config.json")).unwrap();
    fs::write(
        run.join("config.json"),
        config.replace("\"hidden\": 8", "\"hidden\": 9").replace("\"built\"", "\"lost\""),
    )
    .unwrap();
    says(&[], 1, &["run/model.safetensors", "lstm.weight_hh_l0 is [36, 9] in the network, [32, 8] given"]);
    fs::write(run.join("config.json"), &config).unwrap();

    let text = fs::read_to_string(run.join("script.rhai")).unwrap();
    fs::write(run.join("script.rhai"), text.replace("fn model(", "fn modell(")).unwrap();
    // The attention of these networks stands in the standard library.
    let why = "run does not say how its network is made: its script has no function model(o, reviews), and `forward` is a function of stdlib/";
    says(&[], 1, &[why]);
    fs::write(run.join("script.rhai"), "let x = ;").unwrap();
    says(&[], 1, &["run/script.rhai", "does not parse"]);
}

#[test]
fn the_epoch_that_a_validation_set_chose_is_scored_and_said_or_the_last_where_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    // At this rate the last epoch is not the best.
    let own = r#"
        let o = options(#{ valid: 0.25 });
        fn model(o, reviews) {
            sequential([embedding(reviews.vocabulary.len(), 8), lstm(8, 8, #{ readout: "max" }), linear(8, 2)])
        }
        let reviews = imdb::load(#{ train: 60, valid: if o.valid > 0.0 { o.valid } else { () }, test: 20, max_len: 20, vectors: "none" });
        let net = model(o, reviews);
        let result = train::fit(net, adam(net, #{ lr: 0.1 }), reviews, #{ epochs: 6, progress: false });
        print(`best epoch ${result.best.epoch}`);
    "#;
    fs::write(folder.path().join("own.rhai"), own).unwrap();
    let (code, out, err) = imdbsh(folder.path(), Path::new("own.rhai"), &[]);
    assert!(code == 0 && !out.contains("best epoch 6"), "{out}{err}");
    let accuracy = |options: &[&str], said: &str| -> f64 {
        let (code, out, err) = test(folder.path(), &[&["test=20", "save=figures.json"], options].concat());
        assert!(code == 0 && out.contains(said), "{out}{err}");
        let figures: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.path().join("figures.json")).unwrap()).unwrap();
        figures["accuracy"].as_f64().unwrap()
    };
    let best = accuracy(&[], "weights of the best epoch");
    assert_eq!(accuracy(&["weights=best"], "weights of the best epoch"), best);
    let result: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("run/result.json")).unwrap()).unwrap();
    assert!((result["test"]["test_acc"].as_f64().unwrap() - best).abs() < 1e-6, "{result} and {best}");
    accuracy(&["weights=last"], "weights of the last epoch");
    let (code, _, err) = test(folder.path(), &["test=20", "weights=first"]);
    assert!(code == 1 && err.contains("\"last\" or \"best\""), "{err}");
    fs::remove_file(folder.path().join("run/best.safetensors")).unwrap();
    accuracy(&[], "weights of the last epoch");
    let (code, _, err) = test(folder.path(), &["test=20", "weights=best"]);
    assert!(code == 1 && err.contains("keeps no weights of its best epoch"), "{err}");
}
