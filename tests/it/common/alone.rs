//! A process of its own for a test that disturbs those beside it (the current folder, the hook of panics), or that measures what
//! the process holds.

use std::{env, process::Command};

/// Stands first in a test, whose rest then runs in a process of its own.
macro_rules! alone {
    () => {
        fn here() {}
        if crate::common::alone::has_run_elsewhere(std::any::type_name_of_val(&here)) {
            return;
        }
    };
}
pub(crate) use alone;

const MARK: &str = "IMDBSH_TEST_ALONE";

/// False in the process that is the test's own; elsewhere starts that, and waits for its end.
///
/// # Panics
/// The test has failed there.
#[track_caller]
pub fn has_run_elsewhere(place: &str) -> bool {
    if env::var_os(MARK).is_some() {
        return false;
    }
    let path = place.strip_suffix("::here").unwrap();
    let (_, name) = path.split_once("::").unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env(MARK, name)
        // Cargo's, for tests side by side: here threads wait as a user's do.
        .env_remove("OMP_WAIT_POLICY")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    print!("{out}");
    eprint!("{err}");
    assert!(output.status.success() && out.contains("1 passed"), "{name} in a process of its own: {}", output.status);
    true
}
