//! The two sides of `make bench` do the same work: what they measure may be compared.

use crate::common::pytorch;
use serde_json::Value;
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
    for (work, own) in ["lab_flushed", "packed"].iter().zip(own) {
        let theirs = printed(Command::new(&python).args(["benches/pytorch.py", work]).arg(folder.path()));
        for (step, (a, b)) in own.iter().zip(losses(&theirs)).enumerate() {
            assert!((a - b).abs() < 1e-4, "{work}, step {step}: {a} here, {b} in PyTorch");
        }
    }
}
