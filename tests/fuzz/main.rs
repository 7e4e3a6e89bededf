//! Calls of every function with arguments of every kind, and of what earlier calls gave; scripts made of the repository's by chance; files of each
//! kind with a part of their structure changed; command lines: whatever comes of them is a value or an error, and not an abort, a panic or a hang.
//! They run in worker processes, each with limits of memory and of time.
//!
//! `FUZZ_CALLS`, `FUZZ_CHAINS`, `FUZZ_SCRIPTS`, `FUZZ_FILES` and `FUZZ_FLAGS` say how many, `FUZZ_SEED` which ones, `FUZZ_WORKERS` how many at once.

mod calls;
mod chance;
mod files;
mod flags;
mod json;
mod pickles;
mod scripts;
mod worker;

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

/// How many cases a worker does, before another takes its place.
const SHARE: u64 = 5000;
/// The same for cases that are a hundred calls.
const SHARE_OF_CHAINS: u64 = 50;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The process that does the work, when the others have started it.
#[test]
fn worker() {
    if let Some(kind) = env::var_os("FUZZ_KIND") {
        worker::run(&kind.to_string_lossy(), setting("FUZZ_FROM", 0), setting("FUZZ_COUNT", 0));
    }
}

#[test]
fn every_function_answers_every_argument_with_a_value_or_an_error() {
    try_out("calls", setting("FUZZ_CALLS", 10_000));
}

#[test]
fn scripts_made_by_chance_end_with_a_value_or_an_error() {
    try_out("scripts", setting("FUZZ_SCRIPTS", 5000));
}

#[test]
fn results_of_calls_are_answered_by_the_next_with_a_value_or_an_error() {
    try_out("chains", setting("FUZZ_CHAINS", 12));
}

#[test]
fn files_with_a_part_changed_are_read_or_refused() {
    try_out("files", setting("FUZZ_FILES", 300));
}

#[test]
fn command_lines_made_by_chance_are_carried_out_or_refused() {
    let wrong = flags::try_out(setting("FUZZ_FLAGS", 25), setting("FUZZ_SEED", 1) << 32);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn try_out(kind: &str, count: u64) {
    let workers = setting("FUZZ_WORKERS", 1).max(1);
    let seed = setting("FUZZ_SEED", 1) << 32;
    let size = if kind == "chains" { SHARE_OF_CHAINS } else { SHARE };
    let mut shares: Vec<(u64, u64)> =
        (0..count.div_ceil(size)).map(|i| (seed + i * size, size.min(count - i * size))).collect();
    shares.reverse();
    let shares = std::sync::Mutex::new(shares);
    let wrong = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((from, count)) = { shares.lock().unwrap().pop() } {
                    for (what, case) in share(kind, from, count) {
                        eprintln!("{what}: {case}");
                        wrong.lock().unwrap().entry(what).or_insert(case);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let wrong: Vec<String> = wrong.into_iter().map(|(what, case)| format!("{what}\n{case}\n")).collect();
    assert!(wrong.is_empty(), "{} kinds of failure:\n{}", wrong.len(), wrong.join("\n"));
}

/// Does the cases from `from` on; one that ends the worker is noted, and another goes on behind it.
fn share(kind: &str, mut from: u64, count: u64) -> Vec<(String, String)> {
    let end = from + count;
    let mut wrong = Vec::new();
    while from < end {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", "worker", "--nocapture"])
            .current_dir(&folder)
            .env("FUZZ_KIND", kind)
            .env("FUZZ_FROM", from.to_string())
            .env("FUZZ_COUNT", (end - from).to_string())
            .env("FUZZ_ROOT", env!("CARGO_MANIFEST_DIR"))
            .env("HF_HUB_OFFLINE", "1")
            .env("HF_HUB_CACHE", folder.path().join("hub"))
            .env("XDG_CACHE_HOME", folder.path().join("cache"))
            .env_remove("IMDBSH_DATA")
            .stdout(std::process::Stdio::null())
            .stderr(fs::File::create(folder.path().join("stderr")).unwrap())
            .status()
            .unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        for line in read(worker::FOUND).lines() {
            let (what, case) = line.split_once('\t').unwrap_or((line, ""));
            wrong.push((what.to_string(), case.to_string()));
        }
        let last = read(worker::LAST);
        let (number, case) = last.split_once('\n').unwrap_or(("", ""));
        if status.success() {
            break;
        }
        let said = read("stderr");
        wrong.push((format!("{status}: {}", said.lines().last().unwrap_or_default()), case.to_string()));
        from = number.parse::<u64>().map_or(end, |n| n + 1);
    }
    wrong
}

/// The repository, in which the scripts lie that others are made of.
fn root() -> std::path::PathBuf {
    Path::new(&env::var_os("FUZZ_ROOT").unwrap_or_default()).to_path_buf()
}
