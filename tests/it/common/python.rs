//! Python packages that tests ask, where a Python has them.

use std::io::Write;
use std::process::Command;

/// A Python that has a package: `IMDBSH_PYTHON`, else `python3`. Without one the skipped test is said, past what a passing test may print.
pub fn python_with(package: &str) -> Option<String> {
    let named = std::env::var("IMDBSH_PYTHON").ok();
    let candidates = named.into_iter().chain(["python3".to_string()]);
    let has_it = |python: &String| {
        let asked = Command::new(python).args(["-c", &format!("import {package}")]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    let found = candidates.into_iter().find(has_it);
    if found.is_none() {
        // Not `eprintln!`, which a passing test keeps to itself.
        let mut stderr = std::io::stderr();
        writeln!(stderr, "skipped: a test against {package}: no Python has it (IMDBSH_PYTHON names another)").unwrap();
    }
    found
}

/// What `code` prints, whose arguments are `sys.argv[1:]`.
#[track_caller]
pub fn printed(python: &str, code: &str, arguments: &[&std::path::Path]) -> String {
    let out = Command::new(python).args(["-c", code]).args(arguments).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}
