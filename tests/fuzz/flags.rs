//! Command lines made by chance, each a process.

use super::chance::Chance;
use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const FLAGS: &[&str] = &[
    "-e",
    "--device",
    "--threads",
    "--seed",
    "--run-dir",
    "--data",
    "--allow-read",
    "--allow-write",
    "--watch",
    "--max-operations",
    "--max-seconds",
    "--max-memory",
    "--max-depth",
    "--max-string",
    "--max-array",
    "--max-map",
    "--help",
    "-h",
    "--version",
    "--edited",
    "--from",
    "--",
    "-",
    "test",
    "doc",
    "resume",
    "fetch",
    "help",
    "--to",
    "--no-such",
];
const VALUES: &[&str] = &[
    "",
    "0",
    "1",
    "-1",
    "2",
    "1.5",
    "1e9",
    "9223372036854775807",
    "18446744073709551616",
    "nan",
    "inf",
    "x",
    "cpu",
    "cuda:7",
    "cpu:0",
    "auto",
    "1k",
    "1T",
    "99999999999G",
    "a.rhai",
    "no-such.rhai",
    ".",
    "..",
    "/",
    "/dev/null",
    "/proc/self/mem",
    "run",
    "a=1",
    "a=",
    "=1",
    "lr=1e-3",
    "a.b=[1,2]",
    "matmul",
    "1+1",
    "print(1)",
    "throw 3",
    "let a = [1]; a[9]",
    "loop {}",
    "ä\u{1b}[31m\u{10FFFF}",
    "imdb",
    "--",
    "\n",
];
/// Longer than a busy machine takes for any of these, which `--max-seconds` ends.
const HANG: Duration = Duration::from_secs(60);

/// What went wrong.
pub fn try_out(count: u64, seed: u64) -> Vec<String> {
    (0..count).filter_map(|i| wrong(&mut Chance(seed + i))).collect()
}

fn arguments(chance: &mut Chance) -> Vec<String> {
    // Nothing here may run for ever.
    let mut arguments = vec!["--max-seconds".to_string(), "3".to_string()];
    for _ in 0..1 + chance.below(5) {
        let (flag, value) = (*chance.of(FLAGS), *chance.of(VALUES));
        match chance.below(5) {
            0 => arguments.push(flag.to_string()),
            1 => arguments.push(value.to_string()),
            2 if flag.starts_with("--") => arguments.push(format!("{flag}={value}")),
            _ => arguments.extend([flag.to_string(), value.to_string()]),
        }
    }
    arguments
}

fn wrong(chance: &mut Chance) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.rhai"), "let o = options(#{ a: 1, lr: 0.1 }); print(o);").unwrap();
    fs::create_dir(folder.path().join("run")).unwrap();
    fs::write(folder.path().join("run/config.json"), "{\"threads\": 0, \"options\": {\"a\": 1}}").unwrap();
    fs::write(folder.path().join("run/script.rhai"), "print(1)").unwrap();
    let arguments = arguments(chance);
    let out = |name: &str| fs::File::create(folder.path().join(name)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(&arguments)
        .current_dir(&folder)
        .env("HF_HUB_OFFLINE", "1")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("XDG_CACHE_HOME", folder.path().join("cache"))
        .env_remove("IMDBSH_DATA")
        .stdin(Stdio::null())
        .stdout(out("stdout"))
        .stderr(out("stderr"))
        .spawn()
        .unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > HANG {
            child.kill().unwrap();
            return Some(format!("{arguments:?}: it did not end"));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let said = fs::read(folder.path().join("stderr")).unwrap();
    let said = String::from_utf8_lossy(&said);
    let sign = ["imdbsh itself failed", "panicked at", "frame #", "Exception raised"]
        .iter()
        .find(|sign| said.contains(**sign));
    match (status.code(), sign) {
        (Some(0 | 1 | 2 | 124 | 130), None) => None,
        _ => Some(format!("{arguments:?}: {status} (signal {:?}): {said}", status.signal())),
    }
}
