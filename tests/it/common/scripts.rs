//! The scripts of the repository, run as a user runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn script(name: &str) -> PathBuf {
    root().join("scripts").join(format!("{name}.rhai"))
}

/// Exit code, stdout and stderr of a script in `folder`, whose run goes into `run`.
pub fn imdbsh(folder: &Path, script: &Path, options: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    // One thread: the tests themselves fill the machine.
    command
        .current_dir(folder)
        .args(["--threads", "1", "--run-dir", "run", "--allow-read"])
        .arg(root())
        .arg(script)
        .args(options);
    let output = command.env_remove("IMDBSH_PATH").env_remove("IMDBSH_DATA").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}
