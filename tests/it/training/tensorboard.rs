//! The option `tensorboard` of a training: what TensorBoard shows while it goes on.
#![cfg(unix)]

use crate::common::events::{Told, event_file};
use crate::common::runs::Place;
use imdbsh::ml::tensorboard::messages::{Kind, Session, Shown};
use serde_json::{Map, Value};
use std::fs;
use std::process::Stdio;

const SCRIPT: &str = r#"
let o = options(#{ epochs: 4, lr: 0.05, seed: 3, board: true, abort: 0, wait: 0.0, run: true });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([64, 6, 4]);
let set = dataset(x, (x.sum([1, 2]) > 0).to("int64"));
let net = sequential([lstm(4, 8, #{ readout: "max" }), dropout(0.2), linear(8, 2)]);
let t = train::start(net, adam(net, #{ lr: o.lr }), #{ train: set }, #{
    epochs: o.epochs, batch: 8, log_every: 3, tensorboard: o.board, run: o.run, on_step: |t, step| sleep(o.wait),
});
t.run();
t.finish();
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), SCRIPT).unwrap();
    place
}

fn told(place: &Place, run: &str) -> Told {
    Told::of(&place.path(run).join("tensorboard"))
}

/// The numbers of a column of a file of the run, by what its lines are counted.
fn column(place: &Place, run: &str, file: &str, by: &str, name: &str) -> Vec<(i64, f32)> {
    let text = fs::read_to_string(place.path(run).join(file)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Map<String, Value>>(line).unwrap());
    lines.map(|line| (line[by].as_i64().unwrap(), line[name].as_f64().unwrap() as f32)).collect()
}

/// Each epoch and each line of steps is there once, as the run folder has it.
#[track_caller]
fn is_as_the_folder(place: &Place, run: &str) {
    let told = told(place, run);
    for (tag, name) in [("loss/train", "train_loss"), ("acc/train", "train_acc"), ("lr", "lr")] {
        assert_eq!(told.numbers(tag), column(place, run, "metrics.jsonl", "epoch", name), "{tag}");
    }
    for (tag, name) in [("steps/loss", "loss"), ("steps/grad_norm", "grad_norm")] {
        assert_eq!(told.numbers(tag), column(place, run, "steps.jsonl", "step", name), "{tag}");
    }
    for points in told.scalars.values() {
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{points:?}");
    }
}

#[test]
fn a_training_writes_its_file_and_is_the_same_to_the_bit() {
    let place = place();
    place.run(&["--run-dir", "with", "s.rhai"]);
    place.run(&["--run-dir", "without", "s.rhai", "board=false"]);
    assert_eq!(place.outcome("with"), place.outcome("without"));
    assert!(!place.path("without/tensorboard").exists());
    is_as_the_folder(&place, "with");
    let told = told(&place, "with");
    let Some(Session::Start(start)) = told.session("start") else { panic!("{:?}", told.others) };
    assert_eq!((start.hparams["lr"].kind.clone(), told.status()), (Some(Kind::Number(0.05)), Some(1)));
    let Some(Shown::Image(image)) = &told.others["pictures/loss"].shown else { panic!() };
    assert!(image.encoded == fs::read(place.path("with/loss.png")).unwrap(), "the curves of the whole history");
    let Some(Shown::Histogram(spread)) = &told.others["weights/2.weight"].shown else { panic!() };
    assert_eq!(spread.num, 16.0);
}

#[test]
fn it_is_there_while_the_training_goes_on_and_only_grows() {
    let place = place();
    let mut child =
        place.command(&["--run-dir", "run", "s.rhai", "wait=0.02", "epochs=6"]).stderr(Stdio::null()).spawn().unwrap();
    let folder = place.path("run/tensorboard");
    let mut seen: Vec<Vec<u8>> = Vec::new();
    while child.try_wait().unwrap().is_none() {
        if folder.is_dir() && fs::read_dir(&folder).unwrap().count() > 0 {
            // Between two epochs: what is read is whole.
            let bytes = fs::read(event_file(&folder)).unwrap();
            if seen.last() != Some(&bytes) {
                seen.push(bytes);
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(seen.len() >= 4, "seen {} times", seen.len());
    assert!(seen.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "a file that is read on must only grow");
    is_as_the_folder(&place, "run");
}

#[test]
fn a_run_that_was_interrupted_drops_nothing_and_repeats_nothing() {
    let place = place();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    // In the middle of the third epoch, from a checkpoint there.
    let cut = place.command(&["--run-dir", "cut", "s.rhai", "abort=20"]).output().unwrap();
    assert_eq!(cut.status.code(), Some(1));
    assert_eq!(told(&place, "cut").numbers("loss/train").len(), 2);
    assert_eq!(told(&place, "cut").status(), None);
    place.run(&["resume", "cut", "abort=0"]);
    is_as_the_folder(&place, "cut");
    assert_eq!(told(&place, "cut").numbers("steps/loss"), told(&place, "whole").numbers("steps/loss"));
    assert_eq!((told(&place, "cut").status(), place.outcome("cut")), (Some(1), place.outcome("whole")));
    // Killed anywhere.
    place.killed_until_done("killed", 5);
    is_as_the_folder(&place, "killed");
    // Further than its end.
    place.run(&["resume", "killed", "epochs=5"]);
    is_as_the_folder(&place, "killed");
    assert_eq!(told(&place, "killed").numbers("loss/train").len(), 5);
}

#[test]
fn a_training_that_is_put_back_tells_only_what_still_holds() {
    let place = place();
    let script = SCRIPT.replace(
        "t.run();\n",
        "t.run(1); let a = snapshot(t); t.run(2); restore(t, a); t.o.penalty = penalty::l2(0.1); t.run();\n",
    );
    fs::write(place.path("s.rhai"), script).unwrap();
    place.run(&["--run-dir", "run", "s.rhai"]);
    is_as_the_folder(&place, "run");
}

#[test]
fn without_a_run_folder_it_is_refused() {
    let place = place();
    let refused = |arguments: &[&str], said: &str| {
        let output = place.command(arguments).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && err.contains(said), "{err}");
    };
    refused(&["s.rhai", "run=false"], "`tensorboard: true` writes into the run folder");
    let later = SCRIPT.replace("t.run();\n", "t.o.tensorboard = true; t.run();\n");
    fs::write(place.path("later.rhai"), later).unwrap();
    refused(&["later.rhai", "run=false", "board=false"], "which this training does not have");
    let odd = SCRIPT.replace("tensorboard: o.board", "tensorboard: 3");
    fs::write(place.path("odd.rhai"), odd).unwrap();
    refused(&["odd.rhai"], "option `tensorboard` takes true or false, got 3");
    // A fork has no folder, and goes on without.
    let fork = SCRIPT.replace("t.run();\n", "t.run(1); fork(t).run(1); t.run();\n");
    fs::write(place.path("fork.rhai"), fork).unwrap();
    place.run(&["--run-dir", "forked", "fork.rhai"]);
    is_as_the_folder(&place, "forked");
}
