//! SIGTERM and SIGHUP: what runs is kept, and the exit code says which signal it was.
#![cfg(unix)]

use crate::common::runs::{Place, kill};
use crate::common::terminal::{CTRL_C, Terminal};
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::Stdio,
    time::Duration,
};

const PROMPT: &str = "imdbsh>";

/// Tests that are themselves started with `nohup` would hand its ignored SIGHUP on to the programs that they start.
fn hear_sighup() {
    // Safe: it replaces no handler of this process, which has none.
    unsafe { nix::libc::signal(nix::libc::SIGHUP, nix::libc::SIG_DFL) };
}

#[test]
fn a_training_is_kept_and_goes_on_as_if_nothing_had_been() {
    hear_sighup();
    let (place, whole) = Place::with_a_whole_run();
    for (signal, name, code) in [("-TERM", "SIGTERM", 143), ("-HUP", "SIGHUP", 129)] {
        let (ended, err) = place.interrupted(name, signal, 1);
        assert_eq!(ended, Some(code), "{err}");
        let (_, rest) = err.split_once(&format!("ended by {name} at ")).unwrap_or_else(|| panic!("{err}"));
        let (at, _) = rest.split_once(&format!("; to go on: imdbsh resume {name}")).unwrap_or_else(|| panic!("{err}"));
        let err = place.run(&["resume", name, "wait=0"]);
        assert!(err.contains(&format!("{name} goes on from {at}\n")), "{err}");
        assert!(place.outcome(name) == whole, "{name}");
    }
}

#[test]
fn what_is_no_training_ends_at_once() {
    hear_sighup();
    let place = Place::new();
    for (code, signal, expected) in [("loop { }", "-TERM", 143), ("sleep(600)", "-HUP", 129)] {
        let code = format!("print(1); {code}");
        let mut child = place.command(&["-e", &code]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It is under way once it has printed.
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        kill(signal, child.id());
        assert_eq!(child.wait().unwrap().code(), Some(expected), "{code}");
    }
}

#[test]
fn after_nohup_a_closed_terminal_ends_nothing() {
    let place = Place::new();
    let mut command = place.command(&["--run-dir", "run", "s.rhai", "wait=0.03", "epochs=2"]);
    // Safe: one system call between fork and exec.
    unsafe {
        command.pre_exec(|| {
            nix::libc::signal(nix::libc::SIGHUP, nix::libc::SIG_IGN);
            Ok(())
        });
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    kill("-HUP", child.id());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// The script on a terminal, paused after its first epoch.
fn paused(place: &Place) -> Terminal {
    let mut t =
        Terminal::start(&place.path(""), &["--threads", "1", "--run-dir", "run", "s.rhai", "wait=0.06"], 100, &[]);
    t.wait_for("epoch 1/4  lr");
    std::thread::sleep(Duration::from_millis(200));
    t.send(CTRL_C);
    t.wait_for("paused e");
    t
}

#[test]
fn a_training_that_is_paused_when_the_terminal_closes_is_kept_and_so_is_what_was_typed() {
    hear_sighup();
    let (place, whole) = Place::with_a_whole_run();
    let mut t = paused(&place);
    t.line("s.step + 1000");
    t.wait_for("\n10");
    assert_eq!(t.hang_up().code(), Some(129));
    assert!(place.run(&["resume", "run", "wait=0"]).contains("run goes on from epoch "));
    assert!(place.outcome("run") == whole);
    assert!(fs::read_to_string(place.path("state/imdbsh/history")).unwrap().contains("s.step + 1000"));
}

#[test]
fn a_training_that_is_paused_is_kept_at_sigterm() {
    let place = Place::new();
    let t = paused(&place);
    kill("-TERM", t.id());
    t.wait_for("ended by SIGTERM at epoch ");
    assert_eq!(t.end().code(), Some(143));
    assert!(place.run(&["resume", "run", "wait=0"]).contains("run goes on from epoch "));
}

#[test]
fn a_prompt_ends() {
    let place = Place::new();
    let mut t = Terminal::start(&place.path(""), &[], 100, &[]);
    t.ready(PROMPT);
    t.run("let x = 1;", PROMPT);
    kill("-TERM", t.id());
    assert_eq!(t.end().code(), Some(143));
    assert!(fs::read_to_string(place.path("state/imdbsh/history")).unwrap().contains("let x = 1;"));
}
