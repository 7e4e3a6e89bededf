//! Another run in the same folder, or its files: never mixed.
#![cfg(unix)]

use crate::common::runs::{Place, kill};
use std::{
    fs,
    process::{Child, Stdio},
    time::Duration,
};

/// The script under way in `run`, behind its first epoch.
fn under_way(place: &Place) -> Child {
    let arguments = ["--run-dir", "run", "s.rhai", "wait=0.03", "epochs=6"];
    let child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while place.checkpoints_or_none("run").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn a_run_whose_folder_another_one_takes_ends_with_everything_kept_beside() {
    let place = Place::new();
    let first = under_way(&place);
    // It sleeps, or its machine does, while another one begins.
    kill("-STOP", first.id());
    fs::remove_dir_all(place.path("run")).unwrap();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=2", "lr=0.02"]);
    let others = place.outcome("run");
    kill("-CONT", first.id());
    let output = first.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("another run has taken run") && err.contains("`imdbsh resume run-kept`"), "{err}");
    // Each is as if there had been no other.
    assert!(place.outcome("run") == others);
    place.run(&["resume", "run-kept", "wait=0"]);
    place.run(&["--run-dir", "whole", "s.rhai", "epochs=6"]);
    assert!(place.outcome("run-kept") == place.outcome("whole"));
}

#[test]
fn a_run_whose_folder_another_one_is_at_work_in_is_stopped_by_a_signal_and_kept_beside() {
    let place = Place::new();
    let first = under_way(&place);
    kill("-STOP", first.id());
    fs::remove_dir_all(place.path("run")).unwrap();
    let second = under_way(&place);
    kill("-TERM", first.id());
    kill("-CONT", first.id());
    let output = first.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(143), "{err}");
    assert!(err.contains("to go on: imdbsh resume run-kept"), "{err}");
    assert_eq!(second.wait_with_output().unwrap().status.code(), Some(0));
    place.run(&["resume", "run-kept", "wait=0"]);
    assert!(place.outcome("run-kept") == place.outcome("run"));
}

#[test]
fn checkpoints_of_another_run_are_said_and_passed_over_or_refused() {
    let (place, whole) = Place::with_a_whole_run();
    place.run(&["--run-dir", "other", "s.rhai", "lr=0.02"]);
    for ending in ["json", "safetensors"] {
        let newest = place.newest_checkpoint("other", ending);
        fs::copy(&newest, place.path("whole/checkpoints").join(newest.file_name().unwrap())).unwrap();
    }
    let err = place.run(&["resume", "whole"]);
    assert!(err.contains("is of another run; the one before it is used"), "{err}");
    assert!(place.outcome("whole") == whole);
    // None but another's: to begin anew would be to write over it.
    fs::remove_dir_all(place.path("whole/checkpoints")).unwrap();
    fs::rename(place.path("other/checkpoints"), place.path("whole/checkpoints")).unwrap();
    let output = place.command(&["resume", "whole"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("is of another run: move it out of"), "{err}");
}

#[test]
fn rows_of_another_run_missing_or_out_of_order_are_said_and_written_anew() {
    let (place, whole) = Place::with_a_whole_run();
    place.run(&["--run-dir", "other", "s.rhai", "lr=0.02"]);
    let path = place.path("whole/metrics.jsonl");
    let good = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let others = fs::read_to_string(place.path("other/metrics.jsonl")).unwrap();
    let broken = [
        others.clone(),
        format!("{}\n{}\n{}\n", lines[0], lines[2], lines[3]),
        format!("{}\n{}\n{}\n{}\n", lines[1], lines[0], lines[2], lines[3]),
        format!("{}\n{}\n{}\n{}\n", lines[0], lines[1], others.lines().nth(2).unwrap(), lines[3]),
        format!("{}\n{}\n", lines[0], lines[0]),
    ];
    for text in broken {
        fs::write(&path, &text).unwrap();
        let err = place.run(&["resume", "whole"]);
        assert!(err.contains("is not this run's row of that place"), "{text}: {err}");
        assert!(place.outcome("whole") == whole, "{text}");
    }
    // Cut short, as a crash leaves it: nothing to say.
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    assert!(!place.run(&["resume", "whole"]).contains("is not this run's row"));
    assert_eq!(fs::read_to_string(&path).unwrap(), good);
}

#[test]
fn rows_that_are_changed_while_a_run_is_at_work_are_mended_at_its_next_epoch() {
    let place = Place::new();
    let run = under_way(&place);
    fs::write(place.path("run/metrics.jsonl"), "{\"epoch\":7}\n").unwrap();
    let output = run.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("line 1 is not this run's row"), "{err}");
    place.run(&["--run-dir", "whole", "s.rhai", "epochs=6"]);
    assert!(place.outcome("run") == place.outcome("whole"));
}

#[test]
fn weights_that_are_gone_are_written_again() {
    let (place, whole) = Place::with_a_whole_run();
    fs::remove_file(place.path("whole/model.safetensors")).unwrap();
    place.run(&["resume", "whole"]);
    assert!(place.outcome("whole") == whole);
}
