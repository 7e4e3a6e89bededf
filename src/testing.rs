//! `imdbsh test`: runs the functions `test_…` of Rhai suites, each in an empty scope.

#![expect(clippy::disallowed_methods, reason = "suites that the user names")]

use crate::output::{say, visible};
use crate::script::{Failure, Session, Setup};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// Runs the suite at `path`, or every suite in the folder `path`, and prints a line for each test.
///
/// # Errors
/// A path that holds no suite, one that cannot be read or parsed, tests that fail.
pub fn run(path: &Path, setup: impl Fn() -> Setup) -> Result<(), Failure> {
    let (mut passed, mut failures) = (0, Vec::new());
    for suite in suites(path)? {
        let name = suite.display().to_string();
        let text = std::fs::read_to_string(&suite).map_err(|e| Failure::Usage(format!("cannot read {name}: {e}")))?;
        let folder = suite.parent().map(Path::to_path_buf).unwrap_or_default();
        let mut session = Session::new(Setup { folder, ..setup() }).map_err(|e| Failure::Usage(e.message))?;
        let functions = match session.load_functions(&name, &text) {
            Ok(functions) => functions,
            Err(Failure::Script(report)) => {
                say(&format!("{name} ... FAILED"));
                failures.push(report);
                continue;
            }
            Err(other) => return Err(other),
        };
        for test in functions.iter().filter(|f| f.starts_with("test_")) {
            let start = Instant::now();
            match session.call(&name, test) {
                Ok(_) => {
                    passed += 1;
                    say(&format!("{name}::{test} ... ok ({} ms)", start.elapsed().as_millis()));
                }
                Err(Failure::Script(report)) => {
                    say(&format!("{name}::{test} ... FAILED"));
                    failures.push(format!("{}::{test}\n{report}", visible(&name)));
                }
                Err(other) => return Err(other),
            }
        }
    }
    say(&format!("{passed} passed, {} failed", failures.len()));
    match (passed, failures.is_empty()) {
        (0, true) => Err(Failure::Usage(format!("no function test_… in {}", path.display()))),
        (_, true) => Ok(()),
        _ => Err(Failure::Script(failures.join("\n\n"))),
    }
}

fn suites(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries =
        std::fs::read_dir(path).map_err(|e| Failure::Usage(format!("cannot read {}: {e}", path.display())))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "rhai"))
        .collect();
    files.sort();
    Ok(files)
}
