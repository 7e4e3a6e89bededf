//! What the tests share that ask PyTorch itself: `IMDBSH_PYTHON`, or `python3` where it has torch.

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// A Python that has torch; without one the skipped test is said, past what a passing test may print.
pub fn python() -> Option<String> {
    let python = std::env::var("IMDBSH_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let has_torch = Command::new(&python).args(["-c", "import torch"]).output().is_ok_and(|o| o.status.success());
    if !has_torch {
        let skipped = "skipped: a test against PyTorch";
        // Not `eprintln!`, which a passing test keeps to itself.
        let mut stderr = std::io::stderr();
        writeln!(stderr, "{skipped}: no torch in `{python}` (IMDBSH_PYTHON names another)").unwrap();
    }
    has_torch.then_some(python)
}

/// Reads a safetensors file without the package of that name, into `state`.
const READ: &str = r#"
import json, math, struct, sys, torch
raw = open(sys.argv[1], "rb").read()
(n,) = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8:8 + n])
assert header.pop("__metadata__")["format"] == "pt"
state = {}
for name, info in header.items():
    assert info["dtype"] == "F32"
    a, b = info["data_offsets"]
    state[name] = torch.frombuffer(bytearray(raw[8 + n + a:8 + n + b]), dtype=torch.float32).reshape(info["shape"])
"#;
/// What `code` prints, which finds the weights of the file in `state`.
pub fn with_weights(python: &str, weights: &Path, code: &str) -> String {
    let out = Command::new(python).arg("-c").arg(format!("{READ}{code}")).arg(weights).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}
