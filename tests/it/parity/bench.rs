//! The two sides of `make bench` do the same work: what they measure may be compared.

use crate::common::pytorch;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// What a side printed: one JSON object.
fn printed(command: &mut Command) -> Value {
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    serde_json::from_str(out.lines().last().unwrap_or("null")).unwrap_or_else(|e| panic!("{e}: {out}{err}"))
}

fn ours(folder: &Path, work: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    command.arg("--allow-write").arg(folder);
    let folder = format!("folder={}", folder.display());
    let small = ["reviews=128", "bucket=false", &folder, &format!("work={work}")];
    printed(command.args(["--threads", "1", "benches/work.rhai"]).args(small))
}

fn losses(side: &Value) -> Vec<f64> {
    side["losses"].as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect()
}

#[test]
fn both_sides_see_the_same_losses_on_every_batch() {
    let folder = TempDir::new().unwrap();
    let inputs = ours(folder.path(), "inputs");
    assert_eq!(inputs, Value::Null);
    let own: Vec<Vec<f64>> = ["lab", "packed"].iter().map(|work| losses(&ours(folder.path(), work))).collect();
    assert!(own.iter().all(|losses| losses.len() == 2));
    let Some(python) = pytorch::python() else { return };
    for (work, own) in ["lab", "packed"].iter().zip(own) {
        let theirs =
            printed(Command::new(&python).args(["benches/pytorch.py", work]).arg(folder.path()).env("FLUSH", "1"));
        assert_eq!(theirs["side"], "flushed");
        for (step, (a, b)) in own.iter().zip(losses(&theirs)).enumerate() {
            assert!((a - b).abs() < 1e-4, "{work}, step {step}: {a} here, {b} in PyTorch");
        }
    }
}

#[test]
fn a_table_says_how_far_a_work_is_from_the_limit_and_from_pytorch() {
    let folder = TempDir::new().unwrap();
    let figures = folder.path().join("figures.jsonl");
    let figure = |work: &str, side: &str, mode: &str, more: Value| {
        let mut row = json!({ "work": work, "side": side, "mode": mode, "round": 0 });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row.to_string()
    };
    let machine = json!({ "processor": "Abacus", "cores": 2, "vectors": null });
    let lab = |side, mode, seconds: f64| {
        figure("lab", side, mode, json!({ "seconds": seconds, "flop": 4e11, "losses": [0.7] }))
    };
    let lines = [
        figure("machine", "", "", machine),
        figure("limit", "imdbsh", "idle", json!({ "gflops": 100.0 })),
        figure("limit", "imdbsh", "idle", json!({ "gflops": 200.0 })),
        lab("imdbsh", "idle", 3.0),
        lab("imdbsh", "idle", 90.0),
        lab("imdbsh", "idle", 2.5),
        lab("flushed", "idle", 30.0),
        lab("imdbsh", "busy", 6.0),
    ];
    fs::write(&figures, lines.join("\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("--allow-read")
        .arg(folder.path())
        .args(["benches/page.rhai", &format!("figures={}", figures.display())])
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    for row in [
        "### Abacus, 2 cores\n",
        "200 GFLOP/s on all threads",
        "| 3.00 s | 1.50 | – | – | 30.00 s | 10.0 |\n",
        "| 6.00 s | 2.00 | – | – |\n",
        "| the lab's epoch, times the limit | at most 1.6 | 1.50 | yes |\n",
        "| … times as fast as PyTorch, flushed | at least 8 | 10.0 | yes |\n",
    ] {
        assert!(out.contains(row), "{row} is not in\n{out}{}", String::from_utf8_lossy(&output.stderr));
    }
}
