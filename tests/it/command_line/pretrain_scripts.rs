//! Pre-training as a user meets it: the scripts with a tiny encoder and a small LSTM, and what is fine-tuned from their runs.

use crate::common::python::{printed, python_with};
use crate::common::scripts::{imdbsh, root, script};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const MASKED: &[&str] = &["train=64", "max_len=32", "epochs=4", "lr=1e-2", "valid=0.1", "batch=8"];
const NEXT: &[&str] = &["train=64", "max_len=24", "epochs=3", "lr=1e-2", "words=300", "valid=0.1", "batch=8"];

fn tiny() -> String {
    format!("model={}", root().join("tests/data/tiny_bert").display())
}

/// Runs a script in a folder into `run/`, which must go well; gives stdout and stderr.
#[track_caller]
fn done(folder: &Path, name: &str, options: &[&str]) -> (String, String) {
    let (code, out, err) = imdbsh(folder, &script(name), options);
    assert_eq!(code, 0, "{name} {options:?}: {out}{err}");
    (out, err)
}

fn rows(run: &Path) -> Vec<Value> {
    let rows = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn falls(run: &Path, by: f64) {
    let rows = rows(run);
    for column in ["train_loss", "valid_loss"] {
        let loss = |row: &Value| row[column].as_f64().unwrap();
        let (first, last) = (loss(&rows[0]), loss(rows.last().unwrap()));
        assert!(last < first - by, "{column}: {first} and then {last}");
    }
}

/// A run is moved out of the way of the next one.
fn moved(folder: &Path, name: &str) {
    fs::rename(folder.join("run"), folder.join(name)).unwrap();
}

#[test]
fn an_encoder_learns_masked_words_and_is_fine_tuned_afterwards() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (out, _) = done(folder, "pretrain", &[&[tiny().as_str()], MASKED].concat());
    falls(&folder.join("run"), 0.2);
    let last = rows(&folder.join("run"))[3]["valid_loss"].as_f64().unwrap().exp();
    assert!(out.contains(&format!("perplexity {last:.3} on held-out reviews, at epoch 4")), "{last}: {out}");
    let steps = fs::read_to_string(folder.join("run/steps.jsonl")).unwrap();
    assert!(steps.lines().count() > 1 && steps.lines().all(|line| line.contains("\"loss\"")), "{steps}");
    moved(folder, "pre");

    // The fine-tuned network begins with the weights of the run.
    done(folder, "bert_best", &["model=pre", "train=32", "test=16", "epochs=1", "max_len=32", "lr=0"]);
    let read = |path: &str| imdbsh::ml::weights::read(&folder.join(path)).unwrap().tensors;
    let (before, after) = (read("pre/model.safetensors"), read("run/model.safetensors"));
    let shared: Vec<_> = before.iter().filter(|(name, _)| name.starts_with("bert.")).collect();
    assert_eq!(shared.len(), 5 + 3 * 16);
    for (name, tensor) in shared {
        assert_eq!(after.iter().find(|(other, _)| *other == *name).map(|(_, t)| t), Some(tensor), "{name}");
    }
    // And so is the head, where masked words are learned further.
    moved(folder, "fine");
    let (_, err) = done(folder, "pretrain", &["model=pre", "train=8", "max_len=32", "lr=0", "valid=0", "batch=8"]);
    assert!(!err.contains("drawn by the seed"), "{err}");
    assert_eq!(read("run/model.safetensors"), before);
}

#[test]
fn a_run_of_masked_words_is_read_by_transformers() {
    let Some(python) = python_with("transformers") else { return };
    let folder = TempDir::new().unwrap();
    done(
        folder.path(),
        "pretrain",
        &[&[tiny().as_str()], &MASKED[..2], &["lr=1e-2", "valid=0.1", "precision=float32"]].concat(),
    );
    let own = r#"
        let net = runs::open("run").net;
        print(net.forward(tensor([[2, 5, 6, 4, 7, 3]])).values[0].to_array());
    "#;
    fs::write(folder.path().join("own.rhai"), own).unwrap();
    let (code, out, err) = imdbsh(folder.path(), "own.rhai".as_ref(), &[]);
    assert_eq!(code, 0, "{err}");
    let ours: Vec<Vec<f64>> = serde_json::from_str(&out).unwrap();
    fs::copy(folder.path().join("run/model.safetensors"), folder.path().join("run/encoder/model.safetensors")).unwrap();
    let code = r#"
import sys, torch
from transformers import AutoModelForMaskedLM
model, told = AutoModelForMaskedLM.from_pretrained(sys.argv[1], output_loading_info=True)
assert not any(told[what] for what in ["missing_keys", "unexpected_keys", "mismatched_keys"]), told
with torch.no_grad(): print(model(torch.tensor([[2, 5, 6, 4, 7, 3]])).logits[0].tolist())
"#;
    let theirs = printed(&python, code, &[&folder.path().join("run/encoder")]);
    let theirs: Vec<Vec<f64>> = serde_json::from_str(&theirs).unwrap();
    assert_eq!((ours.len(), ours[0].len()), (theirs.len(), theirs[0].len()));
    for (a, b) in ours.iter().flatten().zip(theirs.iter().flatten()) {
        assert!((a - b).abs() < 1e-4, "{a} and {b}");
    }
}

#[test]
fn a_fresh_model_of_any_size_is_trained_and_opened_again() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let sizes = ["fresh=true", "layers=2", "hidden=24", "heads=3"];
    done(folder, "pretrain", &[&[tiny().as_str()], MASKED, &sizes].concat());
    falls(&folder.join("run"), 0.2);
    let config: Value = serde_json::from_slice(&fs::read(folder.join("run/encoder/config.json")).unwrap()).unwrap();
    assert_eq!(
        (&config["num_hidden_layers"], &config["hidden_size"], &config["intermediate_size"]),
        (&2.into(), &24.into(), &96.into())
    );
    moved(folder, "pre");
    done(folder, "bert_best", &["model=pre", "train=32", "test=16", "epochs=1", "max_len=32"]);
}

#[test]
fn an_lstm_learns_next_words_and_a_classifier_begins_with_it() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let classified = ["train=32", "test=16", "epochs=1", "max_len=24", "lr=0"];
    let read = |path: &str| imdbsh::ml::weights::read(&folder.join(path)).unwrap().tensors;
    for (n, (options, tied)) in
        [(&["hidden=16"][..], false), (&["trained=true", "hidden=100"], true), (&["trained=true", "hidden=16"], false)]
            .into_iter()
            .enumerate()
    {
        let (out, _) = done(folder, "pretrain_lstm", &[NEXT, options].concat());
        falls(&folder.join("run"), 0.05);
        assert_eq!(out.contains("has weights of its own"), !tied, "{options:?}: {out}");
        let run = format!("pre{n}");
        moved(folder, &run);
        let hidden = if tied { "hidden=100" } else { "hidden=16" };
        done(folder, "bilstm_best", &[&classified[..], &[format!("start={run}").as_str(), hidden]].concat());
        let (before, after) = (read(&format!("{run}/best.safetensors")), read("run/model.safetensors"));
        let lstm: Vec<_> = before.iter().filter(|(name, _)| name.starts_with("lstm.")).collect();
        assert_eq!(lstm.len(), 8, "{options:?}");
        for (name, tensor) in lstm {
            assert_eq!(
                after.iter().find(|(other, _)| *other == *name).map(|(_, t)| t),
                Some(tensor),
                "{options:?}: {name}"
            );
        }
        let config: Value = serde_json::from_slice(&fs::read(folder.join("run/config.json")).unwrap()).unwrap();
        let vectors = if options.len() == 1 { "glove".to_string() } else { format!("{run}/words.safetensors") };
        assert_eq!(config["data"]["vectors"], vectors, "{options:?}");
        fs::remove_dir_all(folder.join("run")).unwrap();
    }
}

/// A script that is left at a step with a checkpoint, and goes on there, ends with the same bits.
#[test]
fn a_pre_training_that_was_left_in_the_middle_ends_with_the_same_bits() {
    for (name, options) in
        [("pretrain", [&[tiny().as_str()], MASKED].concat()), ("pretrain_lstm", [NEXT, &["hidden=16"]].concat())]
    {
        let folder = TempDir::new().unwrap();
        let text = fs::read_to_string(script(name)).unwrap();
        let text = text.replacen("    epochs: 1,", "    abort: 0, epochs: 1,", 1);
        let stop = "if o.abort > 0 { pause_at(o.abort, [\"t.save_checkpoint();\", \":abort\"]); }\nlet reviews";
        fs::write(folder.path().join("s.rhai"), text.replacen("let reviews", stop, 1)).unwrap();
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
            let folder = command.current_dir(folder.path()).args(["--threads", "1", "--allow-read"]).arg(root());
            folder.args(arguments).output().unwrap()
        };
        let whole = command(&[&["--run-dir", "whole", "s.rhai"][..], &options].concat());
        assert!(whole.status.success(), "{name}: {whole:?}");
        let stopped = command(&[&["--run-dir", "run", "s.rhai", "abort=11"][..], &options].concat());
        assert_eq!(stopped.status.code(), Some(1), "{name}: {stopped:?}");
        let resumed = command(&["resume", "run", "abort=0"]);
        assert!(resumed.status.success(), "{name}: {resumed:?}");
        let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
        assert!(said.contains(", step 11\n"), "{name}: {said}");
        let weights = |run: &str| fs::read(folder.path().join(run).join("model.safetensors")).unwrap();
        assert!(weights("run") == weights("whole"), "{name}");
        let losses = |run: &str| -> Vec<Value> {
            rows(&folder.path().join(run)).into_iter().map(|row| row["valid_loss"].clone()).collect()
        };
        assert_eq!(losses("run"), losses("whole"), "{name}");
    }
}

#[test]
fn texts_come_from_tables_and_folders_and_what_is_wrong_is_said() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(
        folder.join("mine.csv"),
        "n,review\n1,A fine film of the best kind.\n2,\n3,So dull that I left.\n4,Great acting!\n",
    )
    .unwrap();
    for (part, text) in [
        ("neg/0_1.txt", "So bad a film."),
        ("pos/0_9.txt", "The best film."),
        ("unsup/0_0.txt", "It was a film."),
        ("unsup/1_0.txt", "I saw it."),
    ] {
        let path = folder.join("films/train").join(part);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let count = |options: &[&str]| -> (u64, String) {
        let (_, err) = done(folder, "pretrain", &[&[tiny().as_str(), "max_len=16", "valid=0"], options].concat());
        let config: Value = serde_json::from_slice(&fs::read(folder.join("run/config.json")).unwrap()).unwrap();
        fs::remove_dir_all(folder.join("run")).unwrap();
        (config["data"]["train"]["rows"].as_u64().unwrap(), err)
    };
    let (rows, err) = count(&["data=mine.csv", "text_column=review"]);
    assert!(
        rows == 3 && err.contains("1 of 4 texts have no word that could be asked for: they are left out"),
        "{rows} {err}"
    );
    assert_eq!(count(&["data=films"]).0, 4, "those without labels are read as well");
    assert_eq!(count(&["data=films/train/unsup"]).0, 2);

    let model = folder.join("model");
    fs::create_dir(&model).unwrap();
    let vocabulary = fs::read_to_string(root().join("tests/data/tiny_bert/vocab.txt")).unwrap();
    fs::write(model.join("vocab.txt"), vocabulary.replace("[MASK]", "[OTHER]")).unwrap();
    for name in ["config.json", "model.safetensors"] {
        fs::copy(root().join("tests/data/tiny_bert").join(name), model.join(name)).unwrap();
    }
    let refused = |name: &str, options: &[&str], part: &str| {
        let (code, out, err) = imdbsh(folder, &script(name), options);
        assert!(code == 1 && err.contains(part), "{options:?}: `{part}` is not in\n{out}{err}");
    };
    let tiny = tiny();
    refused("pretrain", &["model=model", "train=8"], "the tokenizer has no mask token");
    refused("pretrain", &[&tiny, "data=mine.csv"], "text");
    refused("pretrain", &[&tiny, "data=mine.csv", "text_column=review", "label_column=n"], "reads no labels");
    refused("pretrain", &[&tiny, "data=nowhere.csv"], "nowhere.csv");
    refused(
        "pretrain",
        &[&tiny, "train=8", "mlm_probability=1.5"],
        "mlm_probability is 1.5, it must be above 0 and below 1",
    );
    refused("pretrain", &[&tiny, "train=8", "mlm_probability=0"], "mlm_probability is 0");
    refused("pretrain", &[&tiny, "train=8", "valid=1"], "valid is 1");
    refused("pretrain", &[&tiny, "train=8"], "of 8 texts holds 0 out");
    refused("pretrain", &[&tiny, "train=8", "layers=2"], "those of a fresh model");
    refused(
        "pretrain",
        &[&tiny, "train=8", "valid=0", "fresh=true", "hidden=10", "heads=3"],
        "hidden_size 10 is not a multiple of num_attention_heads 3",
    );
    let modern = format!("model={}", root().join("tests/data/tiny_encoders/modernbert").display());
    refused("pretrain", &[&modern, "train=8", "valid=0"], "model_type \"modernbert\"");
    refused("bilstm_best", &["train=8", "test=8", "start=nowhere"], "nowhere is no run folder");
    done(folder, "pretrain_lstm", &[NEXT, &["hidden=16", "bidirectional=false"]].concat());
    moved(folder, "one");
    refused("bilstm_best", &["train=8", "test=8", "start=one", "hidden=16"], "reads in one direction only");
    refused("bilstm_best", &["train=8", "test=8", "start=one"], "take the sizes of that run");
    refused("pretrain_lstm", &["train=8", "words=0"], "words is 0");
}
