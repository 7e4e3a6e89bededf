//! Training as a user meets it: the run folder, the same numbers again, what goes wrong, Ctrl-C.

use crate::common::pytorch;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const MAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bilstm_adam_l2.rhai");

/// The main script in a second.
const SMALL: &[&str] = &["train=64", "test=32", "hidden=8", "epochs=2", "max_len=40", "batch=16"];

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    command.current_dir(folder).env_remove("IMDBSH_PATH").env_remove("IMDBSH_DATA");
    command
}

/// Exit code, stdout and stderr of a run of the program in `folder`.
fn imdbsh(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Runs a script, which must end well, into the run folder `run` below `folder`; gives what it printed.
#[track_caller]
fn train(folder: &Path, run: &str, script: &str, options: &[&str]) -> (String, String) {
    // One thread: the tests themselves fill the machine.
    let (code, out, err) = imdbsh(folder, &[&["--threads", "1", "--run-dir", run, script], options].concat());
    assert_eq!(code, 0, "{out}{err}");
    (out, err)
}

/// The rows of a run's metrics.
fn rows(run: &Path) -> Vec<serde_json::Map<String, Value>> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// All that has to be the same when a run is: the rows without their times, and the weights.
fn outcome(run: &Path) -> (String, Vec<u8>) {
    let mut rows = rows(run);
    for row in &mut rows {
        row.retain(|key, _| !key.ends_with("_seconds"));
    }
    (serde_json::to_string(&rows).unwrap(), fs::read(run.join("model.safetensors")).unwrap())
}

/// The names of the tensors in a safetensors file.
fn weights(file: &Path) -> Vec<String> {
    let bytes = fs::read(file).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Map<String, Value> = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    header.keys().filter(|name| *name != "__metadata__").cloned().collect()
}

#[test]
fn the_main_script_leaves_the_whole_run_folder() {
    let folder = TempDir::new().unwrap();
    let (code, out, err) = imdbsh(folder.path(), &[&[MAIN], SMALL].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(files(folder.path()), ["runs"]);
    let name = files(&folder.path().join("runs")).pop().unwrap();
    let stamp = name.strip_prefix("bilstm_adam_l2-").unwrap();
    assert!(stamp.len() == 15 && stamp.replace('-', "").bytes().all(|b| b.is_ascii_digit()), "{name}");
    let run = folder.path().join("runs").join(&name);
    assert_eq!(
        files(&run),
        [
            ".lock",
            "best.safetensors",
            "checkpoints",
            "config.json",
            "data.json",
            "loss.png",
            "metrics.jsonl",
            "model.safetensors",
            "predictions.csv",
            "script.rhai",
            "status.json",
            "vocabulary.json"
        ]
    );
    assert_eq!(fs::read_to_string(run.join("script.rhai")).unwrap(), fs::read_to_string(MAIN).unwrap());

    let account: serde_json::Value = serde_json::from_slice(&fs::read(run.join("data.json")).unwrap()).unwrap();
    assert_eq!(account["train"]["rows"], account["train"]["classes"]["pos"].as_i64().unwrap() * 2);
    assert!(account["train"]["lengths"]["median"].as_f64().unwrap() > 50.0 && account["vectors"]["distinct"].is_i64());

    let rows = rows(&run);
    assert_eq!(rows.len(), 2);
    for (i, row) in rows.iter().enumerate() {
        let columns: Vec<&str> = row.keys().map(String::as_str).collect();
        let expected =
            ["epoch", "lr", "train_loss", "train_acc", "test_loss", "test_acc", "train_seconds", "test_seconds"];
        assert_eq!(columns, expected);
        assert_eq!(row["epoch"], i + 1);
        for share in ["train_acc", "test_acc"] {
            assert!((0.0..=1.0).contains(&row[share].as_f64().unwrap()), "{row:?}");
        }
        // 64 training reviews, 32 of the test set.
        assert_eq!(row["train_acc"].as_f64().unwrap() * 64.0 % 1.0, 0.0);
        assert_eq!(row["test_acc"].as_f64().unwrap() * 32.0 % 1.0, 0.0);
    }

    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines.len(), 2, "a line an epoch, got\n{err}");
    for (line, row) in lines.iter().zip(&rows) {
        let loss = format!("train loss {:.4}", row["train_loss"].as_f64().unwrap());
        assert!(line.starts_with(&format!("epoch {}/2", row["epoch"])) && line.contains(&loss), "{line}");
    }
    let accuracy = format!("test accuracy {:.4} after 2 epochs", rows[1]["test_acc"].as_f64().unwrap());
    assert!(out.contains(&accuracy) && out.contains(&format!("run folder runs/{name}\n")), "{out}");

    let mut names = weights(&run.join("model.safetensors"));
    names.sort();
    let layers = ["layer.0", "layer.2", "pool.parts.0.score.0", "pool.parts.0.score.2"];
    let mut expected: Vec<String> = layers.iter().flat_map(|l| [format!("{l}.bias"), format!("{l}.weight")]).collect();
    for kind in ["bias_hh", "bias_ih", "weight_hh", "weight_ih"] {
        expected.extend([format!("lstm.{kind}_l0"), format!("lstm.{kind}_l0_reverse")]);
    }
    expected.sort();
    assert_eq!(names, expected);

    let picture = png::Decoder::new(fs::File::open(run.join("loss.png")).map(BufReader::new).unwrap());
    let size = picture.read_info().unwrap().info().size();
    assert!(size.0 >= 800 && size.1 >= 400, "{size:?}");
}

#[test]
fn the_config_holds_options_seed_versions_device_threads_and_the_datas_fingerprint() {
    let folder = TempDir::new().unwrap();
    let config = |run: &str, options: &[&str]| -> Value {
        let arguments = [&["--threads", "1", "--device", "cpu", "--run-dir", run, MAIN], SMALL, options].concat();
        let (code, _, err) = imdbsh(folder.path(), &arguments);
        assert_eq!(code, 0, "{err}");
        serde_json::from_slice(&fs::read(folder.path().join(run).join("config.json")).unwrap()).unwrap()
    };
    let a = config("a", &["l2=1e-3", "seed=5"]);
    assert_eq!((&a["options"]["l2"], &a["options"]["seed"], &a["seed"]), (&1e-3.into(), &5.into(), &5.into()));
    assert_eq!((&a["options"]["hidden"], &a["options"]["lr"]), (&8.into(), &3e-3.into()));
    assert_eq!((&a["device"], &a["threads"]), (&"cpu".into(), &1.into()));
    assert_eq!(a["versions"]["imdbsh"], env!("CARGO_PKG_VERSION"));
    assert!(a["versions"]["libtorch"].as_str().unwrap().starts_with("2."), "{a}");
    assert_eq!((&a["data"]["train"]["rows"], &a["data"]["test"]["rows"]), (&64.into(), &32.into()));
    // The data has its own fingerprint: another seed leaves it, another cleaning does not.
    let (same, other) = (config("b", &["seed=6"]), config("c", &["clean=lab"]));
    assert_eq!(a["data"], same["data"]);
    assert_ne!(a["data"]["train"]["fingerprint"], other["data"]["train"]["fingerprint"]);
    assert_ne!(a["data"]["test"]["fingerprint"], other["data"]["test"]["fingerprint"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let folder = TempDir::new().unwrap();
    let variants: [&[&str]; 4] = [&[], &["dropout=0"], &["bucket=false"], &["lab=true"]];
    for (i, variant) in variants.iter().enumerate() {
        let run = |name: String, more: &[&str]| {
            train(folder.path(), &name, MAIN, &[SMALL, variant, more].concat());
            outcome(&folder.path().join(name))
        };
        let (one, again) = (run(format!("{i}a"), &[]), run(format!("{i}b"), &[]));
        assert!(one == again, "{variant:?}: {} and {}", one.0, again.0);
        let other = run(format!("{i}c"), &["seed=2"]);
        assert!(one.0 != other.0 && one.1 != other.1, "{variant:?}: the seed changes nothing");
    }
}

#[test]
fn the_seed_on_the_command_line_is_the_scripts_option() {
    let folder = TempDir::new().unwrap();
    train(folder.path(), "a", MAIN, &[SMALL, &["seed=7"]].concat());
    let (code, _, err) =
        imdbsh(folder.path(), &[&["--threads", "1", "--seed", "7", "--run-dir", "b", MAIN], SMALL].concat());
    assert_eq!(code, 0, "{err}");
    assert!(outcome(&folder.path().join("a")) == outcome(&folder.path().join("b")));
}

/// A small network with dropout: quick enough for every optimizer, several times.
const OPTIMIZERS: &str = r#"
let o = options(#{ optimizer: "sgd", seed: 1 });
let x = randn([48, 4]);
let y = x.argmax(1) % 3;
let net = sequential([linear(4, 8), tanh(), dropout(0.2), linear(8, 3)]);
let made = switch o.optimizer {
    "sgd" => sgd(net, #{ lr: 0.1, momentum: 0.9, nesterov: true }),
    "adam" => adam(net, #{ lr: 0.01, amsgrad: true }),
    "adamw" => adamw(net, #{ lr: 0.01 }),
    "rmsprop" => rmsprop(net, #{ lr: 0.01, momentum: 0.5, centered: true }),
    "nadam" => nadam(net, #{ lr: 0.01 }),
    "lion" => lion(net, #{ lr: 0.01 }),
    "sam" => sam(sgd(net, #{ lr: 0.1 }), #{ rho: 0.1 }),
    "lbfgs" => lbfgs(net, #{ lr: 0.1, max_iter: 3 }),
    "own" => optimizer(net, #{ lr: 0.1, step: |p, grad, state| p - grad.sign() * state.lr }),
};
let data = #{ train: dataset(x[0..32], y[0..32]), test: dataset(x[32..48], y[32..48]) };
train::fit(net, made, data, #{ epochs: 3, batch: 8, clip: if o.optimizer == "lbfgs" { 0.0 } else { 1.0 } });
"#;

#[test]
fn every_optimizer_repeats_itself_bit_for_bit() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), OPTIMIZERS).unwrap();
    let mut seen = Vec::new();
    let all = ["sgd", "adam", "adamw", "rmsprop", "nadam", "lion", "sam", "lbfgs", "own"];
    for optimizer in all {
        let run = |name: &str, seed: &str| {
            let name = format!("{optimizer}{name}");
            train(folder.path(), &name, "s.rhai", &[&format!("optimizer={optimizer}"), seed]);
            outcome(&folder.path().join(name))
        };
        let one = run("a", "seed=1");
        assert!(one == run("b", "seed=1"), "{optimizer}");
        assert!(one != run("c", "seed=2"), "{optimizer}");
        seen.push(one);
    }
    assert!((1..all.len()).all(|i| !seen[..i].contains(&seen[i])), "two optimizers do the same");
}

/// Behind the main script: what its network says of the first eight test reviews.
const SCORES: &str = r#"
net.eval();
for batch in reviews.test[0..8].batches(#{ size: 8 }) {
    print("scored");
    print(#{
        x: batch.inputs.values.to_array(),
        lengths: batch.inputs.lengths.to_array(),
        scores: net.forward(batch).detach().to_array(),
    }.to_json());
}
"#;

/// The main script's network in PyTorch, which says its scores of the same reviews.
const NET: &str = include_str!("main_net.py");

#[test]
fn a_trained_model_loads_into_the_same_network_in_pytorch_and_scores_alike() {
    let Some(python) = pytorch::python() else { return };
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), fs::read_to_string(MAIN).unwrap() + SCORES).unwrap();
    for (readout, option) in [("attention", "lab=false"), ("max", "readout=max"), ("last", "lab=true")] {
        let (out, _) = train(folder.path(), readout, "s.rhai", &[SMALL, &[option, "lr=0.01"]].concat());
        let given: Value = serde_json::from_str(out.split_once("scored\n").unwrap().1).unwrap();
        let file = folder.path().join("given.json");
        fs::write(&file, given.to_string()).unwrap();
        let code = format!("READOUT = {readout:?}\nGIVEN = json.load(open({:?}))\n{NET}", file.display().to_string());
        let theirs = pytorch::with_weights(&python, &folder.path().join(readout).join("model.safetensors"), &code);
        let theirs: Vec<f64> = serde_json::from_str(&theirs).unwrap();
        let ours = given["scores"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap());
        let ours: Vec<f64> = ours.map(|score| score.as_f64().unwrap()).collect();
        assert_eq!((ours.len(), theirs.len()), (16, 16));
        for (i, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            assert!((a - b).abs() <= 1e-5 * b.abs() + 1e-6, "{readout}, score {i}: {a}, in PyTorch {b}");
        }
        assert!(ours.iter().any(|s| (s - ours[0]).abs() > 1e-3), "the scores tell nothing: {ours:?}");
    }
}

/// Sixteen numbers of two classes, and a network that can tell them apart.
const TINY: &str = r#"
let x = linspace(-1, 1, 16).reshape([16, 1]);
let y = (x.squeeze(1) > 0).to("int64");
let set = dataset(x, y);
let data = #{ train: set, test: set };
let net = linear(1, 2);
"#;

/// What is wrong, the code behind `TINY`, and what the message must hold. Each is an error of the script: exit code 1.
const WRONG: &[(&str, &str, &[&str])] = &[
    (
        "a NaN loss",
        "train::fit(net, sgd(net), data, #{ loss: |s, t| cross_entropy(s, t) * (0.0 / 0.0) });",
        &["the loss is NaN or infinite at step 1 of epoch 1", "learning rate 0.001", "a lower rate"],
    ),
    (
        "an infinite loss from the third step on",
        "let n = 0; train::fit(net, sgd(net), data, #{ batch: 4, loss: |s, t| { n += 1; cross_entropy(s, t) / if n < 3 { 1.0 } else { 0.0 } } });",
        &["at step 3 of epoch 1"],
    ),
    (
        "a NaN loss of the test set alone",
        "train::fit(net, sgd(net, #{ lr: 1e30 }), data, #{ batch: 16, epochs: 1, loss: |s, t| cross_entropy(s * s * s, t) });",
        &["the test loss is NaN or infinite after epoch 1", "learning rate"],
    ),
    (
        "a loss for each score",
        "train::fit(net, sgd(net), data, #{ loss: |s, t| s });",
        &["backward starts from one number", "[16, 2]", "mean()"],
    ),
    (
        "a loss that is no tensor",
        "train::fit(net, sgd(net), data, #{ loss: |s, t| 1.0 });",
        &["backward", "Tensor", "train.rhai"],
    ),
    (
        "a loss that is no function",
        "train::fit(net, sgd(net), data, #{ loss: 1 });",
        &["option `loss` takes a function"],
    ),
    (
        "a metric that is not there",
        "train::fit(net, sgd(net), data, #{ metrics: [\"f1\", \"f2\"] });",
        &["unknown metric `f2`", "f1_macro"],
    ),
    (
        "metrics that are no array",
        "train::fit(net, sgd(net), data, #{ metrics: \"f1\" });",
        &["option `metrics` takes an array"],
    ),
    ("an unknown option", "train::fit(net, sgd(net), data, #{ penalti: |net| 0.0 });", &["did you mean `penalty`?"]),
    ("no epochs", "train::fit(net, sgd(net), data, #{ epochs: 0 });", &["epochs is 0", "from 1 to"]),
    (
        "too many epochs",
        "train::fit(net, sgd(net), data, #{ epochs: 9223372036854775807 });",
        &["epochs is 9223372036854775807", "from 1 to"],
    ),
    ("a clip below 0", "train::fit(net, sgd(net), data, #{ clip: -1 });", &["clip is -1.0", "at least 0"]),
    ("an empty batch", "train::fit(net, sgd(net), data, #{ batch: 0 });", &["batch is 0", "at least 1"]),
    (
        "batches that no rows fill",
        "train::fit(net, sgd(net), data, #{ drop_last: true });",
        &["16 rows do not fill a batch of 64"],
    ),
    ("a data set in place of data", "train::fit(net, sgd(net), set);", &["train::fit", "#{ train, valid, test }"]),
    (
        "data without a training set",
        "train::fit(net, sgd(net), #{ test: set });",
        &["train::fit", "#{ train, valid, test }"],
    ),
    (
        "too few outputs for the labels",
        "let net = linear(1, 1); train::fit(net, sgd(net), data);",
        &["label 1 is none of the 1 classes"],
    ),
    (
        "inputs that do not fit",
        "let net = linear(3, 2); train::fit(net, sgd(net), data);",
        &["linear(3, 2) takes 3 features", "[16, 1]"],
    ),
    (
        "a rate that is no number",
        "train::fit(net, sgd(net), data, #{ schedule: |s| () });",
        &["a learning rate is a number"],
    ),
    (
        "a rate below 0",
        "train::fit(net, sgd(net), data, #{ schedule: |s| -s.base_lr });",
        &["lr must be a number of at least 0"],
    ),
    (
        "no patience for an unknown column",
        "train::fit(net, sgd(net), data, #{ stop: early_stopping::patience(1, \"tset_loss\") });",
        &["no column `tset_loss`", "test_loss"],
    ),
    ("an empty data set", "dataset(zeros([0, 2]), zeros([0]))", &["dataset: there are no rows"]),
    ("an odd number of reviews", "imdb::load(#{ train: 3 })", &["train is 3", "an even number"]),
    ("no reviews", "imdb::load(#{ train: 0 })", &["train is 0", "training reviews"]),
    (
        "more reviews than the sample has",
        "imdb::load(#{ train: 100000 })",
        &["50000 reviews of the sample's train/neg", "there are 1000"],
    ),
    ("a folder that is not there", "imdb::load(#{ data: \"nowhere\" })", &["no data called `nowhere`", "IMDBSH_DATA"]),
    (
        "a folder without pos",
        "imdb::load(#{ data: \"half\", train: 2, test: 2 })",
        &["half/train has no folder pos", "{train,test}/{neg,pos}"],
    ),
    ("a folder without neg", "imdb::load(#{ data: \"other\", train: 2, test: 2 })", &["other/train has no folder neg"]),
    ("a folder without reviews", "imdb::load(#{ data: \"empty\", train: 2, test: 2 })", &["holds no reviews"]),
    ("a length below 0", "imdb::load(#{ max_len: -1 })", &["max_len is -1", "at least 1"]),
    (
        "an unknown cleaning",
        "imdb::load(#{ train: 2, test: 2, clean: \"wrods\" })",
        &["unknown cleaning `wrods`", "lab"],
    ),
];

#[test]
fn what_cannot_be_trained_is_said_with_what_would_work() {
    let folder = TempDir::new().unwrap();
    for made in ["half/train/neg", "other/train/pos", "empty/train/neg", "empty/train/pos"] {
        fs::create_dir_all(folder.path().join(made)).unwrap();
    }
    fs::write(folder.path().join("half/train/neg/1_2.txt"), "dull").unwrap();
    for (i, (what, code, parts)) in WRONG.iter().enumerate() {
        fs::write(folder.path().join("s.rhai"), format!("{TINY}{code}")).unwrap();
        let (exit, out, err) =
            imdbsh(folder.path(), &["--no-check", "--threads", "1", "--run-dir", &format!("run{i}"), "s.rhai"]);
        assert_eq!(exit, 1, "{what}: {out}{err}");
        for part in *parts {
            assert!(err.contains(part), "{what}: `{part}` is not in\n{err}");
        }
        for trace in ["panicked", "imdbsh itself failed", "Exception raised", "RUST_BACKTRACE", "c10::", ".cpp"] {
            assert!(!err.contains(trace), "{what}: {err}");
        }
        assert!(err.contains("s.rhai:"), "{what}: it does not say where in the script\n{err}");
        let refused_before = what.contains("metric") || what.contains("option");
        assert!(!refused_before || !folder.path().join(format!("run{i}")).exists(), "{what}: left a run folder");
    }
}

#[test]
fn a_training_that_diverges_keeps_its_folder_and_the_epochs_before() {
    let folder = TempDir::new().unwrap();
    let script = format!(
        "{TINY}train::fit(net, sgd(net), data, #{{ batch: 4, epochs: 9,
            schedule: |s| if s.epoch < 3 {{ s.base_lr }} else {{ 1e38 }}, loss: |s, t| mse(s[[0..1000, 0]], t.to(\"float32\")) }});"
    );
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    let (code, _, err) = imdbsh(folder.path(), &["--run-dir", "run", "s.rhai"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("the loss is NaN or infinite at step 2 of epoch 3 (learning rate"), "{err}");
    let run = folder.path().join("run");
    assert_eq!(rows(&run).iter().map(|r| r["epoch"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        files(&run),
        [
            ".lock",
            "best.safetensors",
            "checkpoints",
            "config.json",
            "loss.png",
            "metrics.jsonl",
            "model.safetensors",
            "predictions.csv",
            "script.rhai",
            "status.json"
        ]
    );
}

#[test]
fn a_run_folder_that_cannot_be_made_or_holds_a_run_is_said_before_any_training() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    fs::write(folder.path().join("s.rhai"), format!("{TINY}train::fit(net, sgd(net), data, #{{ epochs: 1 }});"))
        .unwrap();
    train(folder.path(), "old", "s.rhai", &[]);
    let before = outcome(&folder.path().join("old"));
    for (dir, parts) in [
        ("file", ["cannot make the run folder", "file"]),
        ("file/below", ["cannot make the run folder", "Not a directory"]),
        ("old", ["old already holds a run (metrics.jsonl)", "name another folder"]),
    ] {
        let (code, _, err) = imdbsh(folder.path(), &["--run-dir", dir, "s.rhai"]);
        assert_eq!(code, 1, "{err}");
        assert!(parts.iter().all(|part| err.contains(part)), "{err}");
        assert!(!err.contains("epoch 1"), "it trained first: {err}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");
    assert!(before == outcome(&folder.path().join("old")));

    // A file where `runs/` should be.
    fs::write(folder.path().join("runs"), "").unwrap();
    let (code, _, err) = imdbsh(folder.path(), &["s.rhai"]);
    assert!(code == 1 && err.contains("runs"), "{err}");
}

#[test]
fn a_script_that_trains_twice_fills_two_folders() {
    let folder = TempDir::new().unwrap();
    let fit = "train::fit(net, sgd(net), data, #{ epochs: 1, progress: false });";
    fs::write(folder.path().join("s.rhai"), format!("{TINY}{fit}{fit}")).unwrap();
    let (_, err) = train(folder.path(), "run", "s.rhai", &[]);
    assert_eq!(err, "", "progress: false is silent");
    assert_eq!(files(folder.path()), ["run", "run-2", "s.rhai"]);
    assert_eq!((rows(&folder.path().join("run")).len(), rows(&folder.path().join("run-2")).len()), (1, 1));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_training_within_a_second_and_keeps_the_finished_epochs() {
    let folder = TempDir::new().unwrap();
    let options = ["train=400", "test=32", "hidden=64", "epochs=10000", "max_len=60", "warmup=0"];
    let mut child = command(folder.path())
        .args([&["--run-dir", "run", MAIN][..], &options[..]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().starts_with("epoch 1/"));
    assert!(lines.next().unwrap().starts_with("epoch 2/"));
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    let took = asked.elapsed();
    let rest: Vec<String> = lines.collect();
    assert_eq!(status.code(), Some(130), "{rest:?}");
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    assert!(rest.iter().any(|line| line.contains("interrupted")), "{rest:?}");
    let run = folder.path().join("run");
    let rows = rows(&run);
    assert!(rows.len() >= 2 && rows.iter().enumerate().all(|(i, row)| row["epoch"] == i + 1), "{rows:?}");
    assert!(!weights(&run.join("model.safetensors")).is_empty());
}
