//! A run with a validation set: what its folder holds, and that it is the same after any interruption.
#![cfg(unix)]

use crate::common::runs::Place;
use serde_json::Value;
use std::fs;

/// A rate so large that the best epoch is none of the last, and figures of the test set at the end.
const SCRIPT: &str = r#"
let o = options(#{ epochs: 6, lr: 0.05, seed: 3, wait: 0.0, abort: 0, restore: false, valid: true });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([128, 6, 8]);
let y = (x.sum([1, 2]) + 4.0 * randn([128]) > 0).to("int64");
let net = sequential([dropout(0.2), lstm(8, 8, #{ readout: "max" }), linear(8, 2)]);
let data = #{ train: dataset(x[0..64], y[0..64]), valid: dataset(x[64..96], y[64..96]), test: dataset(x[96..128], y[96..128]) };
if !o.valid { data.remove("valid"); }
let result = train::fit(net, adam(net, #{ lr: o.lr }), data, #{
    epochs: o.epochs, batch: 8, restore_best: o.restore, monitor: if o.valid { () } else { "test_loss" },
    loss: |scores, labels| { sleep(o.wait); cross_entropy(scores, labels) },
});
let own = sequential([dropout(0.2), lstm(8, 8, #{ readout: "max" }), linear(8, 2)]);
own.load(result.best_weights);
let set = if o.valid { "valid" } else { "test" };
assert_eq(train::evaluate(own, data[set], #{ batch: 8 }).loss, result.best[`${set}_loss`]);
runs::report(result);
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), SCRIPT).unwrap();
    place
}

/// What has to be the same: rows, weights, the best epoch's weights, what the test set says.
fn outcome(place: &Place, run: &str) -> (String, Vec<u8>, Vec<u8>, Value) {
    let (rows, weights) = place.outcome(run);
    let result = fs::read(place.path(run).join("result.json")).unwrap_or_else(|_| b"null".to_vec());
    let mut result: Value = serde_json::from_slice(&result).unwrap();
    for part in ["best", "test"] {
        if let Some(part) = result.get_mut(part).and_then(Value::as_object_mut) {
            part.retain(|name, _| !name.ends_with("_seconds"));
        }
    }
    (rows, weights, fs::read(place.path(run).join("best.safetensors")).unwrap(), result)
}

fn best_epoch(outcome: &(String, Vec<u8>, Vec<u8>, Value)) -> i64 {
    outcome.3["test"]["epoch"].as_i64().unwrap()
}

#[test]
fn the_test_set_is_scored_once_at_the_end_and_stands_in_the_folder() {
    let place = place();
    let err = place.run(&["--run-dir", "run", "s.rhai"]);
    let (rows, weights, best, result) = outcome(&place, "run");
    assert!(!rows.contains("test_") && rows.contains("\"valid_loss\":"), "{rows}");
    assert!(best != weights);
    assert_eq!((&result["epochs"], &result["monitor"]), (&Value::from(6), &Value::from("valid_loss")));
    assert_eq!(result["best"]["epoch"], result["test"]["epoch"]);
    assert!(result["test"]["test_loss"].is_f64() && result["test"]["test_acc"].is_f64(), "{result}");
    assert_eq!(err.lines().filter(|line| line.starts_with("test, epoch ")).count(), 1, "{err}");
    assert!(
        err.lines().filter(|line| line.contains("  valid loss ")).count() == 6 && !err.contains("  test loss 0.0000"),
        "{err}"
    );
    let config: Value = serde_json::from_slice(&fs::read(place.path("run/config.json")).unwrap()).unwrap();
    assert_eq!(config["data"]["valid"]["rows"], 32);
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_same_best_weights_and_the_same_test_figures() {
    let defaults = [("", ""), ("restore: false", "restore: true"), ("valid: true", "valid: false")];
    for (i, (from, to)) in defaults.into_iter().enumerate() {
        let place = place();
        fs::write(place.path("s.rhai"), SCRIPT.replace(from, to)).unwrap();
        place.run(&["--run-dir", "whole", "s.rhai"]);
        let whole = outcome(&place, "whole");
        for seed in 0..2 {
            let run = format!("run{seed}");
            place.killed_until_done(&run, 10 * i as u64 + seed);
            assert!(outcome(&place, &run) == whole, "{to}, seed {seed}: {:?} {:?}", outcome(&place, &run).3, whole.3);
        }
    }
}

#[test]
fn a_run_that_stands_at_any_step_goes_on_to_the_same_end() {
    let place = place();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let whole = outcome(&place, "whole");
    assert!((2..6).contains(&best_epoch(&whole)), "the best epoch is to be none of the ends: {}", best_epoch(&whole));
    for step in [3, 16, 8 * best_epoch(&whole), 8 * best_epoch(&whole) + 1, 47] {
        let run = format!("run{step}");
        let stopped = place.command(&["--run-dir", &run, "s.rhai", &format!("abort={step}")]).output().unwrap();
        assert_eq!(stopped.status.code(), Some(1), "{step}");
        place.run(&["resume", &run, "abort=0"]);
        assert!(outcome(&place, &run) == whole, "{step}");
    }
    // What was damaged or removed is made again from what the run has.
    fs::remove_file(place.path("whole/best.safetensors")).unwrap();
    place.run(&["resume", "whole"]);
    assert!(outcome(&place, "whole") == whole);
    fs::write(place.path("whole/best.safetensors"), "damaged").unwrap();
    place.run(&["resume", "whole"]);
    assert!(outcome(&place, "whole") == whole);
}

#[test]
fn a_finished_run_goes_on_and_its_test_figures_are_then_others() {
    let place = place();
    place.run(&["--run-dir", "long", "s.rhai", "epochs=8"]);
    place.run(&["--run-dir", "run", "s.rhai", "epochs=3"]);
    assert_eq!(outcome(&place, "run").3["epochs"], 3);
    // Stopped in the middle of what is new: nothing says what the run had come to before.
    place.command(&["resume", "run", "epochs=8", "abort=30"]).output().unwrap();
    assert!(!place.path("run/result.json").exists());
    place.run(&["resume", "run", "abort=0"]);
    assert!(outcome(&place, "run") == outcome(&place, "long"));
}

#[test]
fn restore_best_keeps_the_best_epochs_network_as_the_runs() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai", "restore=true"]);
    place.run(&["--run-dir", "last", "s.rhai"]);
    let (restored, last) = (outcome(&place, "run"), outcome(&place, "last"));
    assert_eq!((&restored.0, &restored.2, &restored.3), (&last.0, &last.2, &last.3));
    let tensors = |bytes: &[u8]| {
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        bytes[8 + length..].to_vec()
    };
    assert!(tensors(&restored.1) == tensors(&restored.2) && tensors(&last.1) != tensors(&last.2));
}

#[test]
fn a_run_does_not_go_on_with_another_validation_set() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=1"]);
    let output = place.command(&["resume", "run", "valid=false", "epochs=2"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && err.contains("was trained on other data"), "{err}");
}
