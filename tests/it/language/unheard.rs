//! What runs is stopped, also in the middle of what cannot be stopped.

use assert_cmd::cargo::CommandCargoExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Operations of libtorch's, and loops of the program's own, each of minutes.
const LONG: &[&str] = &[
    "print(1); ones([1]).expand([1_000_000_000_000]).sum()",
    "print(1); let x = randn([4_000_000]); loop { x.sort(); }",
    "let a = []; a.pad(3_000_000, 1.0); print(1); loop { plot(a); }",
    "let s = \"\"; s.pad(2_000_000, \"let x = 1;\"); print(1); loop { eval(s); }",
    "let s = \"\"; s.pad(5_000_000, \"ab\"); print(1); loop { texts([s]).replace(\"(a|b|ab)(c|bcd)?\", \"$1\").split(); }",
    "let a = []; for i in 0..200_000 { a.push(i % 1000); } print(1); loop { a.sort(|x, y| x - y); }",
    "let net = lstm(4, 256); let x = zeros([1, 100_000, 4]); print(1); loop { net.forward(x).sum().backward(); }",
    "print(1); sleep(100)",
];

/// Starts a script, and waits until it says that it is about to do what takes long.
fn started(flags: &[&str], script: &str) -> (std::process::Child, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::cargo_bin("imdbsh")
        .unwrap()
        .args(["--max-operations", "0"])
        .args(flags)
        .args(["-e", script])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 1];
    let _ = std::io::Read::read(child.stdout.as_mut().unwrap(), &mut said);
    sleep(Duration::from_millis(300));
    (child, folder)
}

/// The exit code, and how long that took. Generous: other tests run beside this one.
#[track_caller]
fn ends(mut child: std::process::Child, script: &str) -> (Option<i32>, String) {
    let since = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(since.elapsed() < Duration::from_secs(20), "{script}: still runs");
        sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_signal_ends_what_runs_with_its_code() {
    for (signal, code, text) in [(libc::SIGINT, 130, "interrupted"), (libc::SIGTERM, 143, "ended by SIGTERM")] {
        for script in LONG {
            let (child, _folder) = started(&[], script);
            // SAFETY: the process is a child that has not been waited for.
            assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
            let (ended, said) = ends(child, script);
            assert_eq!(ended, Some(code), "{script}: {said}");
            assert!(said.contains(text), "{script}: {said}");
        }
    }
}

#[test]
fn the_time_that_is_over_ends_what_runs() {
    for script in LONG {
        let (child, _folder) = started(&["--max-seconds", "2"], script);
        let (ended, said) = ends(child, script);
        assert_eq!(ended, Some(1), "{script}: {said}");
        assert!(said.contains("--max-seconds"), "{script}: {said}");
    }
}
