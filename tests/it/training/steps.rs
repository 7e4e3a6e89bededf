//! `steps.jsonl`: what single steps came to, once each, whatever interrupts the run.
#![cfg(unix)]

use crate::common::runs::Place;
use serde_json::{Map, Value};
use std::fs;

const SCRIPT: &str = r#"
let o = options(#{ epochs: 3, lr: 0.05, seed: 3, every: 3, clip: 0.0, abort: 0, batch: 8, wait: 0.0 });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let words = [];
for i in 0..64 { words.push(if i % 2 == 0 { "a b c d" } else { "e b f" }); }
let words = texts(words).split();
let v = vocabulary(words);
let set = dataset(v.encode(words, 10), arange(64) % 2, #{});
let net = sequential([embedding(v.len(), 8), lstm(8, 8, #{ readout: "max" }), dropout(0.1), linear(8, 2)]);
let result = train::fit(net, adam(net, #{ lr: o.lr }), #{ train: set }, #{
    epochs: o.epochs, batch: o.batch, log_every: o.every, clip: o.clip,
    on_step: |t, step| { sleep(o.wait); if step.step % 2 == 0 { log(#{ even: step.step, squared: step.loss * step.loss }); } },
});
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), SCRIPT).unwrap();
    place
}

fn lines(place: &Place, run: &str) -> Vec<Map<String, Value>> {
    let text = fs::read_to_string(place.path(run).join("steps.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Without what the clock says.
fn outcome(place: &Place, run: &str) -> Vec<Map<String, Value>> {
    let mut lines = lines(place, run);
    lines.iter_mut().for_each(|line| drop(line.remove("tokens_per_second")));
    lines
}

#[test]
fn a_line_every_so_many_steps_has_loss_rate_norm_and_speed() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai"]);
    let lines = lines(&place, "run");
    let steps: Vec<i64> = lines.iter().map(|line| line["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, [3, 6, 9, 12, 15, 18, 21, 24]);
    for line in &lines {
        let columns: Vec<&str> = line.keys().map(String::as_str).collect();
        let own = ["epoch", "step", "lr", "loss", "grad_norm", "tokens_per_second"];
        assert_eq!(columns[..6], own, "{line:?}");
        assert!(own.iter().all(|name| line[*name].as_f64().is_some_and(|value| value > 0.0)), "{line:?}");
        // What was logged between two lines stands in the second.
        let step = line["step"].as_i64().unwrap();
        assert_eq!(line["even"], step - step % 2);
        if step % 2 == 0 {
            let loss = line["loss"].as_f64().unwrap();
            assert!((line["squared"].as_f64().unwrap() - loss * loss).abs() < 1e-6, "{line:?}");
        }
    }
    assert_eq!((&lines[0]["epoch"], &lines[7]["epoch"]), (&Value::from(1), &Value::from(3)));

    // The norm is that of before the clipping.
    place.run(&["--run-dir", "clipped", "s.rhai", "clip=0.001"]);
    let norms: Vec<f64> = outcome(&place, "clipped").iter().map(|line| line["grad_norm"].as_f64().unwrap()).collect();
    assert!(norms[..4].iter().all(|norm| *norm > 0.001), "{norms:?}");
    assert!(outcome(&place, "clipped")[0]["loss"].is_f64());
    place.run(&["--run-dir", "none", "s.rhai", "every=0"]);
    assert!(!place.path("none/steps.jsonl").exists());
}

#[test]
fn the_loss_of_a_step_is_that_of_its_batch_with_accumulate_too() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai", "every=1", "epochs=1"]);
    fs::write(place.path("s.rhai"), SCRIPT.replace("batch: o.batch,", "batch: o.batch, accumulate: 3,")).unwrap();
    place.run(&["--run-dir", "parts", "s.rhai", "every=1", "epochs=1"]);
    let losses = |run| outcome(&place, run).iter().map(|line| line["loss"].as_f64().unwrap()).collect::<Vec<_>>();
    assert_eq!(losses("run").len(), 8);
    // The first one, before dropout's masks come to other rows: of the same size all the same.
    assert!((losses("run")[0] - losses("parts")[0]).abs() < 0.05, "{:?} {:?}", losses("run"), losses("parts"));
}

#[test]
fn a_run_that_is_killed_again_and_again_has_each_line_once() {
    let place = place();
    fs::write(place.path("s.rhai"), SCRIPT.replace("wait: 0.0", "wait: 0.01")).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let whole = outcome(&place, "whole");
    for seed in 0..3 {
        let run = format!("run{seed}");
        place.killed_until_done(&run, seed);
        assert_eq!(outcome(&place, &run), whole, "seed {seed}");
    }
}

#[test]
fn a_run_that_stands_at_any_step_goes_on_with_its_lines() {
    let place = place();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let whole = outcome(&place, "whole");
    for step in [1, 3, 8, 10, 24] {
        let run = format!("run{step}");
        let stopped = place.command(&["--run-dir", &run, "s.rhai", &format!("abort={step}")]).output().unwrap();
        assert_eq!(stopped.status.code(), Some(1), "{step}");
        place.run(&["resume", &run, "abort=0"]);
        assert_eq!(outcome(&place, &run), whole, "{step}");
    }
}

#[test]
fn what_goes_another_way_from_an_older_checkpoint_leaves_no_line_of_the_old_way() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai"]);
    place.run(&["resume", "run", "--from", "e0002-s000016", "every=4", "epochs=3"]);
    let steps: Vec<i64> = lines(&place, "run").iter().map(|line| line["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, [3, 6, 9, 12, 15, 20, 24]);
    // Larger batches in the middle of an epoch: steps are counted anew.
    let stopped = place.command(&["--run-dir", "batches", "s.rhai", "every=1", "abort=12"]).output().unwrap();
    assert_eq!(stopped.status.code(), Some(1));
    place.run(&["resume", "batches", "abort=0", "batch=16"]);
    let steps: Vec<i64> = lines(&place, "batches").iter().map(|line| line["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 7, 8, 9, 10, 11, 12]);
}

#[test]
fn a_torn_last_line_is_written_anew() {
    let place = place();
    place.run(&["--run-dir", "whole", "s.rhai", "epochs=4"]);
    place.run(&["--run-dir", "run", "s.rhai", "epochs=2"]);
    let path = place.path("run/steps.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{{\"epoch\":3,\"st")).unwrap();
    place.run(&["resume", "run", "epochs=4"]);
    assert_eq!(outcome(&place, "run"), outcome(&place, "whole"));
}
