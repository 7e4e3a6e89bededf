//! The two streams, where nobody reads them or they cannot be written: a training goes on to the same end.
#![cfg(unix)]

use crate::common::runs::{Place, SCRIPT};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The script of the run folders, which prints at each step.
fn talkative() -> Place {
    let place = Place::new();
    let text = SCRIPT.replace("sleep(o.wait);", "sleep(o.wait); print(`a step`);");
    assert_ne!(text, SCRIPT);
    fs::write(place.path("talks.rhai"), text + "\nprint(\"behind it\");").unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    place
}

fn full() -> Option<File> {
    let full = File::options().write(true).open("/dev/full").ok();
    if full.is_none() {
        eprintln!("skipped: there is no /dev/full");
    }
    full
}

/// Runs it to its end; gives exit code and stderr.
fn ended(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Closes a stream of the program before it begins.
fn without(command: &mut Command, streams: &'static [i32]) {
    // Safe: system calls between fork and exec.
    unsafe {
        command.pre_exec(move || {
            for stream in streams {
                nix::libc::close(*stream);
            }
            Ok(())
        });
    }
}

#[test]
fn a_training_outlives_whoever_reads_what_it_prints() {
    let place = talkative();
    let mut command = place.command(&["--run-dir", "head", "talks.rhai", "wait=0.01"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{err}");
    assert_eq!(err.matches("the training goes on, what it prints is lost").count(), 1, "{err}");
    assert!(place.outcome("head") == place.outcome("whole"));
}

#[test]
fn a_full_disk_under_what_it_prints_is_said_in_the_end() {
    let (Some(out), place) = (full(), talkative()) else { return };
    let mut command = place.command(&["--run-dir", "full", "talks.rhai"]);
    let (code, err) = ended(command.stdout(out));
    assert_eq!(code, Some(1), "{err}");
    assert!(err.ends_with("error: cannot write to standard output: No space left on device (os error 28)\n"), "{err}");
    assert!(place.outcome("full") == place.outcome("whole"));
}

#[test]
fn its_log_may_be_full_closed_or_read_by_nobody() {
    let (Some(err), place) = (full(), talkative()) else { return };
    let whole = place.outcome("whole");
    let mut full = place.command(&["--run-dir", "full", "s.rhai"]);
    assert_eq!(ended(full.stderr(err)).0, Some(0));
    let mut unread = place.command(&["--run-dir", "unread", "s.rhai"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(ended(unread.stderr(writer)).0, Some(0));
    let mut closed = place.command(&["--run-dir", "closed", "talks.rhai"]);
    without(&mut closed, &[0, 1, 2]);
    assert_eq!(closed.status().unwrap().code(), Some(0));
    for run in ["full", "unread", "closed"] {
        assert!(place.outcome(run) == whole, "{run}");
    }
}

#[test]
fn what_trains_nothing_ends_with_its_reader() {
    let place = Place::new();
    for arguments in [&["doc"][..], &["-e", "for i in 0..100000 { print(i) }"], &["--help"], &["fetch"]] {
        let mut child = place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_printed_is_an_error_also_of_help_and_of_the_version() {
    let place = Place::new();
    for arguments in [&["doc"][..], &["-e", "print(1)"], &["--help"], &["test", "--help"], &["--version"], &["fetch"]] {
        let Some(out) = full() else { return };
        let (code, err) = ended(place.command(arguments).stdout(out));
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(err.starts_with("error: cannot write to standard output: "), "{arguments:?}: {err}");
    }
    let Some(err) = full() else { return };
    assert_eq!(ended(place.command(&["--nonsense"]).stderr(err)).0, Some(2));
    let Some(err) = full() else { return };
    assert_eq!(ended(place.command(&["-e", "debug(1); throw 1"]).stderr(err)).0, Some(1));
}

#[test]
fn the_time_is_over_also_where_nobody_reads_its_errors() {
    let place = Place::new();
    let mut command = place.command(&["--max-seconds", "1", "-e", "loop { debug(`${[0].pad(9999, 0)}`) }"]);
    let (reader, writer) = std::io::pipe().unwrap();
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(writer).spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "it hangs");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(child.wait().unwrap().code(), Some(1));
    drop(reader);
}
