//! Each option that a resumed run is given is carried out from there on, and noted; or it is refused.
#![cfg(unix)]

use crate::common::runs::Place;
use serde_json::Value;
use std::{fs, process::Command};

/// Stopped in the middle of its third epoch of four, at step 10 of 4 an epoch.
const TEXT: &str = r#"
let o = options(#{ seed: 3, epochs: 4, batch: 16, lr: 0.01, l2: 0.0, clip: 0.0, bucket: false, drop_last: false, accumulate: 1,
    hidden: 5, schedule: "constant", rows: 64, abort: 0, probe: false, by_hand: 0.0, metrics: "" });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
if o.by_hand > 0.0 { pause_at(10, ["optimizer.lr = 0.002"]); }
let x = randn([96, 6, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let net = sequential([lstm(4, o.hidden, #{ readout: "max" }), linear(o.hidden, 2)]);
let data = #{ train: dataset(x[0..o.rows], y[0..o.rows]), test: dataset(x[64..96], y[64..96]) };
let count = train::callback(#{ on_epoch: |t, row| #{ rows: t.meter.read().rows, steps: t.s.step } });
train::fit(net, adam(net, #{ lr: o.lr }), data, #{
    epochs: o.epochs, batch: o.batch, bucket: o.bucket, drop_last: o.drop_last, clip: o.clip, penalty: penalty::l2(o.l2), accumulate: o.accumulate,
    schedule: schedule::named(o.schedule), callbacks: [count], metrics: if o.metrics == "" { [] } else { [o.metrics] },
});
"#;

fn stopped() -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), TEXT).unwrap();
    let output = place.command(&["--run-dir", "run", "s.rhai", "abort=10"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    place
}

fn rows(place: &Place) -> Vec<Value> {
    let text = fs::read_to_string(place.path("run/metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn changes(place: &Place) -> Value {
    let text = fs::read_to_string(place.path("run/changes.jsonl")).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn batches_of_another_size_take_every_row_once_in_the_middle_of_an_epoch_and_after_it() {
    for (batch, steps) in [("32", 2), ("8", 8), ("5", 13), ("64", 1), ("1000", 1)] {
        for more in ["bucket=false", "bucket=true"] {
            let place = stopped();
            let err = place.run(&["resume", "run", "abort=0", &format!("batch={batch}"), more]);
            assert!(err.contains(&format!("batch {batch} in place of 16")), "{err}");
            let rows = rows(&place);
            assert!(rows.iter().all(|row| row["rows"] == 64), "{batch}: {rows:?}");
            assert_eq!([&rows[2]["steps"], &rows[3]["steps"]], [3 * steps, 4 * steps], "{batch}");
            assert_eq!(
                changes(&place)["resumed"]["batch"],
                serde_json::json!({ "from": 16, "to": batch.parse::<i64>().unwrap() })
            );
            let config: Value = serde_json::from_slice(&fs::read(place.path("run/config.json")).unwrap()).unwrap();
            assert_eq!(config["arguments"]["batch"], *batch, "the next resume goes on so");
        }
    }
}

#[test]
fn a_change_outlives_a_kill_and_leads_to_the_same_numbers() {
    let place = stopped();
    place.run(&["resume", "run", "abort=0", "batch=8", "lr=0.002", "schedule=cosine"]);
    let whole = place.outcome("run");
    let place = stopped();
    let again =
        place.command(&["resume", "run", "abort=25", "batch=8", "lr=0.002", "schedule=cosine"]).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    place.run(&["resume", "run", "abort=0"]);
    assert!(place.outcome("run") == whole, "{}\n{}", place.outcome("run").0, whole.0);
}

#[test]
fn a_new_rate_is_as_one_that_is_set_by_hand_at_a_pause() {
    for schedule in ["schedule=constant", "schedule=cosine"] {
        let place = stopped();
        place.run(&["resume", "run", "abort=0", "lr=0.002", schedule]);
        let resumed = place.outcome("run");
        let place = stopped();
        place.run(&["resume", "run", "abort=0", "by_hand=1", schedule]);
        assert!(place.outcome("run") == resumed, "{}\n{}", place.outcome("run").0, resumed.0);
        assert_ne!(rows(&place)[3]["lr"], rows(&place)[1]["lr"]);
    }
}

#[test]
fn the_other_options_are_carried_out() {
    let place = stopped();
    place.run(&["resume", "run", "abort=0"]);
    let plain = place.outcome("run").1;
    for option in ["l2=0.1", "clip=0.01", "bucket=false", "epochs=5", "accumulate=2", "schedule=cosine"] {
        let place = stopped();
        let err = place.run(&["resume", "run", "abort=0", option]);
        let name = option.split('=').next().unwrap();
        assert!(option == "bucket=false" || err.contains(&format!(" {name} ")), "{err}");
        assert_eq!(place.outcome("run").1 == plain, option == "bucket=false", "{option}");
    }
    let place = stopped();
    place.run(&["resume", "run", "abort=0", "metrics=f1"]);
    assert!(rows(&place)[1]["test_f1"].is_null() && rows(&place)[3]["test_f1"].is_number());
    let place = stopped();
    place.run(&["resume", "run", "abort=0", "batch=24", "drop_last=true"]);
    // What is left of the epoch, then whole batches alone.
    assert_eq!([&rows(&place)[2]["rows"], &rows(&place)[3]["rows"]], [56, 48]);
}

const OPTIMIZERS: &str = r#"
let o = options(#{ seed: 3, epochs: 3, lr: 0.01, optimizer: "adam", abort: 0, beta1: 0.9, beta2: 0.999, weight_decay: 0.0, eps: 1e-8,
    momentum: 0.0, dampening: 0.0, nesterov: false, amsgrad: false, alpha: 0.99, centered: false });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([48, 4]);
let y = (x.sum([1]) > 0).to("int64");
let net = linear(4, 2);
let adams = #{ lr: o.lr, betas: [o.beta1, o.beta2], eps: o.eps, weight_decay: o.weight_decay, amsgrad: o.amsgrad };
let optimizer = switch o.optimizer {
    "adam" => adam(net, adams),
    "adamw" => adamw(net, adams),
    "sgd" => sgd(net, #{ lr: o.lr, momentum: o.momentum, dampening: o.dampening, weight_decay: o.weight_decay, nesterov: o.nesterov }),
    _ => rmsprop(net, #{ lr: o.lr, alpha: o.alpha, eps: o.eps, weight_decay: o.weight_decay, momentum: o.momentum, centered: o.centered }),
};
train::fit(net, optimizer, #{ train: dataset(x[0..32], y[0..32]), test: dataset(x[32..48], y[32..48]) }, #{ epochs: o.epochs, batch: 8 });
"#;

#[test]
fn each_option_of_each_optimizer_is_carried_out_or_refused() {
    let adams = ["beta1=0.5", "beta2=0.5", "eps=0.1", "weight_decay=0.5", "amsgrad=true"];
    let sgds = ["momentum=0.5", "momentum=0", "dampening=0.5", "weight_decay=0.5", "nesterov=true"];
    let rmsprops = ["alpha=0.5", "eps=0.1", "weight_decay=0.5", "momentum=0.5", "centered=true"];
    for (optimizer, from, options, wrong) in [
        ("adam", "eps=1e-8", &adams, "beta1=1.5"),
        ("adam", "amsgrad=true", &["amsgrad=false"; 5], "eps=-1"),
        ("adamw", "eps=1e-8", &adams, "optimizer=sgd"),
        ("sgd", "momentum=0.9", &sgds, "optimizer=adam"),
        ("sgd", "momentum=0", &["momentum=0.9"; 5], "nesterov=true"),
        ("rmsprop", "momentum=0", &rmsprops, "alpha=-1"),
        ("rmsprop", "centered=true", &["centered=false"; 5], "optimizer=sgd"),
    ] {
        let place = Place::new();
        fs::write(place.path("s.rhai"), OPTIMIZERS).unwrap();
        let output =
            place.command(&["s.rhai", "abort=6", &format!("optimizer={optimizer}"), from, "--run-dir", "base"]);
        assert_eq!({ output }.output().unwrap().status.code(), Some(1));
        let resumed = |option: &str| {
            let _ = fs::remove_dir_all(place.path("run"));
            assert!(
                Command::new("cp").args(["-r", "base", "run"]).current_dir(place.path("")).status().unwrap().success()
            );
            let output = place.command(&["resume", "run", "abort=0", option]).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        assert_eq!(resumed(from).0, Some(0));
        let plain = place.outcome("run").1;
        let mut options = options.to_vec();
        options.dedup();
        for option in options {
            let (code, err) = resumed(option);
            let (name, _) = option.split_once('=').unwrap();
            assert!(code == Some(0) && err.contains(&format!(" {name} ")), "{optimizer} {option}: {err}");
            assert!(place.outcome("run").1 != plain, "{optimizer} {option} changes nothing");
            assert!(changes(&place)["resumed"][name].is_object(), "{optimizer} {option}");
        }
        let (code, err) = resumed(wrong);
        assert!(code == Some(1) && err.contains("error: "), "{optimizer} {wrong}: {err}");
        let changes = fs::read_to_string(place.path("run/changes.jsonl")).unwrap_or_default();
        assert!(!changes.contains("resumed"), "{optimizer} {wrong}: {changes}");
    }
}

#[test]
fn a_device_that_is_there_is_taken_and_another_is_refused() {
    let place = stopped();
    place.run(&["resume", "run", "abort=0"]);
    let plain = place.outcome("run").1;
    let place = stopped();
    for wrong in ["cuda:99", "tpu"] {
        let output = place.command(&["resume", "run", "abort=0", "--device", wrong]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains("device"), "{wrong}: {err}");
    }
    place.run(&["resume", "run", "abort=0", "--device", "cpu"]);
    assert!(place.outcome("run").1 == plain);
}

#[test]
fn what_cannot_be_carried_out_is_refused_with_the_reason() {
    let place = stopped();
    for (arguments, code, part) in [
        (&["hidden=6"][..], 1, "do not fit the network"),
        (&["rows=48"], 1, "was trained on other data"),
        (&["--seed", "9"], 1, "was trained on other data"),
        (&["--run-dir", "other"], 2, "goes on in its own folder"),
        (&["epochs=0"], 1, "from 1 to"),
        (&["batch=0"], 1, "at least 1"),
    ] {
        let output = place.command(&[&["resume", "run", "abort=0"], arguments].concat()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {err}");
        assert!(err.contains(part), "{arguments:?}: {err}");
        let changes = fs::read_to_string(place.path("run/changes.jsonl")).unwrap_or_default();
        assert!(!changes.contains("resumed"), "{arguments:?}: {changes}");
    }
    // A run that is over has nothing left to carry out.
    place.run(&["resume", "run", "abort=0"]);
    let err = place.run(&["resume", "run", "lr=0.5"]);
    assert!(err.contains("has no epoch left to train: lr 0.5 in place of 0.01 changes nothing"), "{err}");
}

#[test]
fn scripts_that_were_edited_since_the_run_began_are_said_and_noted() {
    for share in ["1.0", "0.5"] {
        let place = Place::new();
        let text = TEXT.replace("schedule::named(o.schedule)", "|s| m::share() * schedule::own_share()");
        fs::write(place.path("s.rhai"), format!("import \"m\" as m;\n{text}")).unwrap();
        fs::create_dir_all(place.path("stdlib/schedule")).unwrap();
        let write = |share: &str| {
            fs::write(place.path("m.rhai"), format!("fn share() {{ {share} }}")).unwrap();
            fs::write(place.path("stdlib/schedule/own.rhai"), format!("fn own_share() {{ {share} }}")).unwrap();
        };
        write("1.0");
        let output = place.command(&["--run-dir", "run", "s.rhai", "abort=10"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        write(share);
        let err = place.run(&["resume", "run", "abort=0"]);
        let (noted, is_edited) = (changes(&place), share != "1.0");
        for name in ["m.rhai", "own.rhai"] {
            assert_eq!(err.contains(&format!("{name} as it reads now")), is_edited, "{err}");
            assert_eq!(
                noted["resumed"].as_object().unwrap().keys().any(|key| key.ends_with(name)),
                is_edited,
                "{noted}"
            );
        }
        assert_eq!(rows(&place)[3]["lr"], if is_edited { 0.25 } else { 1.0 });
    }
}
