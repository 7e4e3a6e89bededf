//! Callbacks of a training: what they keep goes through a kill, and the terminal is clean behind their errors.
#![cfg(unix)]

use crate::common::{runs::Place, terminal::Terminal};
use std::fs;
use tempfile::TempDir;

/// Three epochs of four steps with a running mean of the loss, which is a column of each row. It ends before step `abort`.
const SCRIPT: &str = r#"
let o = options(#{ abort: 0 });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([32, 4]);
let data = #{ train: dataset(x, (x.sum(1) > 0).to("int64")) };
let net = linear(4, 2);
fn mean_loss() {
    let kept = #{ mean: tensor([0.0]), steps: 0 };
    #{
        name: "mean", due: |t| true,
        on_step: |t, seen| { kept.mean = kept.mean * 0.9 + seen.loss; kept.steps += 1; },
        on_epoch: |t, row| #{ mean: kept.mean.item(), steps: kept.steps },
        state: || kept, load: |state| { kept.mean = state.mean; kept.steps = state.steps; },
    }
}
let told = [];
train::fit(net, adam(net), data, #{ epochs: 3, batch: 8, callbacks: [mean_loss(), #{ on_restore: |t| { told.push(t.s.step); } }] });
print(told);
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("s.rhai"), SCRIPT).unwrap();
    place
}

#[test]
fn what_a_callback_keeps_goes_on_with_a_run_that_is_resumed() {
    let place = place();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let whole = place.outcome("whole");
    for step in [1, 6, 8] {
        let run = format!("run{step}");
        let stopped = place.command(&["--run-dir", &run, "s.rhai", &format!("abort={step}")]).output().unwrap();
        assert_eq!(stopped.status.code(), Some(1), "{step}");
        let resumed = place.command(&["resume", &run, "abort=0"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&resumed.stdout), format!("[{step}]\n"));
        assert!(place.outcome(&run) == whole, "{step}\n{}\nwithout a break\n{}", place.outcome(&run).0, whole.0);
    }
    let last = whole.0.lines().last().unwrap_or_default();
    assert!(last.contains("\"steps\":12"), "{last}");
    let config = fs::read_to_string(place.path("whole").join("config.json")).unwrap();
    assert!(config.contains("\"mean\",\n") && config.contains("\"2\""), "{config}");
}

#[test]
fn only_callbacks_that_keep_something_are_in_a_checkpoint() {
    let place = place();
    place.run(&["--run-dir", "run", "s.rhai"]);
    // The log of the steps is the program's own, and keeps how many lines it has.
    let kept = |run: &str| {
        let text = fs::read_to_string(place.newest_checkpoint(run, "json")).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut kept = file["state"]["callbacks"].as_object().unwrap().clone();
        assert!(kept.remove("train::steps").is_some(), "{text}");
        serde_json::Value::Object(kept)
    };
    assert_eq!(kept("run"), serde_json::json!({ "mean": { "mean": null, "steps": 12 } }));
    fs::write(place.path("s.rhai"), SCRIPT.replace("mean_loss(), ", "")).unwrap();
    place.run(&["--run-dir", "other", "s.rhai"]);
    assert_eq!(kept("other"), serde_json::json!({}));
    // A callback that came since is told, and given nothing.
    fs::write(place.path("other").join("script.rhai"), SCRIPT.replace("epochs: 3", "epochs: 4")).unwrap();
    let resumed = place.command(&["resume", "other"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&resumed.stdout), "[12]\n", "{}", String::from_utf8_lossy(&resumed.stderr));
}

#[test]
fn an_error_in_the_middle_of_an_epoch_leaves_no_progress_line() {
    let folder = TempDir::new().unwrap();
    let slow = SCRIPT.replace("epochs: 3,", "epochs: 3, loss: |s, t| { sleep(0.3); cross_entropy(s, t) },");
    let broken = slow.replace("kept.steps += 1;", "kept.steps += 1; if kept.steps == 3 { throw \"no more\"; }");
    assert!(broken.contains("no more") && broken.contains("sleep"));
    fs::write(folder.path().join("s.rhai"), broken).unwrap();
    let t = Terminal::start(folder.path(), &["s.rhai"], 100, &[]);
    t.wait_for("epoch 1/3 ");
    t.wait_for("error: callback mean: no more");
    t.wait_for("closure called from");
    let screen = t.screen();
    assert!(!screen.contains("left") && !screen.contains("epoch 1/3"), "{screen}");
    assert!(!t.end().success());
}
