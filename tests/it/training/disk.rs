//! What happens to a training when its folder cannot be written: a disk that is full, a folder that vanishes, one that another run
//! has. The disks are real: small file systems in memory.
#![cfg(target_os = "linux")]

use crate::common::runs::{Place, SCRIPT};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A file system of its own, as small as it is said to be.
struct Disk(PathBuf);

impl Disk {
    /// None where this user may not mount one.
    fn mount(place: &Place, size: &str) -> Option<Disk> {
        let path = place.path("disk");
        fs::create_dir(&path).unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&path).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Disk(path)),
            Ok(output) => skipped(&String::from_utf8_lossy(&output.stderr)),
            Err(cause) => skipped(&cause.to_string()),
        }
    }

    /// Writes a file that takes all the room that is left.
    fn fill(&self) {
        let _ = fs::write(self.0.join("ballast"), vec![1; 64 << 20]);
    }

    fn free(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn skipped(cause: &str) -> Option<Disk> {
    eprintln!("SKIPPED: no small file system can be mounted here: {}", cause.trim());
    None
}

/// Waits until a run in `folder` has kept its so manyth epoch, or a later one.
fn wait_for_epochs(folder: &std::path::Path, epochs: usize) {
    let started = Instant::now();
    let kept = || fs::read_dir(folder.join("checkpoints")).into_iter().flatten().map(|e| e.unwrap().file_name());
    let first = format!("e{epochs:04}");
    while !kept().any(|name| *name.to_string_lossy() > *first && name.to_string_lossy().ends_with(".json")) {
        assert!(started.elapsed() < Duration::from_secs(60), "no epoch {epochs} in {}", folder.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A run of the script that is under way, and has kept one epoch.
struct UnderWay(std::process::Child);

impl UnderWay {
    fn start(place: &Place, run: &str, arguments: &[&str]) -> Self {
        let common = ["--run-dir", run, "s.rhai", "wait=0.02"];
        let mut command = place.command(&[&common, arguments].concat());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_epochs(&place.path(run), 1);
        UnderWay(child)
    }

    /// Exit code and stderr.
    fn end(self) -> (Option<i32>, String) {
        let output = self.0.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}

/// The script with an option for what a disk error does.
fn place() -> Place {
    let place = Place::new();
    let text = SCRIPT
        .replace("wait: 0.0,", "wait: 0.0, on_disk_error: \"continue\",")
        .replace("batch: 8,", "batch: 8, on_disk_error: o.on_disk_error,");
    fs::write(place.path("s.rhai"), text).unwrap();
    place
}

#[test]
fn on_a_full_disk_a_training_goes_on_and_says_once_what_it_could_not_write() {
    let place = place();
    let Some(disk) = Disk::mount(&place, "1m") else { return };
    let run = UnderWay::start(&place, "disk/run", &[]);
    disk.fill();
    let (code, err) = run.end();
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("epoch 4/4"), "{err}");
    let said = |file: &str| err.lines().filter(|l| l.contains(file) && l.contains("the training goes on")).count();
    assert_eq!((said("model.safetensors"), said("/checkpoints/")), (1, 1), "{err}");
    assert!(err.contains("not all of disk/run could be written:\n"), "{err}");
    assert!(err.contains("model.safetensors: cannot write disk/run/model.safetensors: No space left"), "{err}");
    // What was there before is whole: with room again, the run goes on from it and ends as it should have.
    disk.free();
    let err = place.run(&["resume", "disk/run", "wait=0"]);
    assert!(err.contains("disk/run goes on from epoch ") && !err.contains("damaged"), "{err}");
    place.run(&["--run-dir", "whole", "s.rhai"]);
    assert!(place.outcome("disk/run") == place.outcome("whole"));
    let left: Vec<_> =
        fs::read_dir(place.path("disk/run/checkpoints")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn with_room_again_all_is_written_and_nothing_is_missing() {
    let place = place();
    let Some(disk) = Disk::mount(&place, "1m") else { return };
    let run = UnderWay::start(&place, "disk/run", &["epochs=8"]);
    disk.fill();
    std::thread::sleep(Duration::from_millis(600));
    disk.free();
    let (code, err) = run.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("the training goes on"), "{err}");
    place.run(&["--run-dir", "whole", "s.rhai", "epochs=8"]);
    assert!(place.outcome("disk/run") == place.outcome("whole"));
}

#[test]
fn a_training_stops_at_a_full_disk_where_it_is_told_to_and_keeps_everything() {
    let place = place();
    let Some(disk) = Disk::mount(&place, "1m") else { return };
    let run = UnderWay::start(&place, "disk/run", &["on_disk_error=stop"]);
    disk.fill();
    let (code, err) = run.end();
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("No space left on device") && err.contains("imdbsh resume disk/run goes on"), "{err}");
    assert!(!err.contains("epoch 4/4"), "{err}");
    disk.free();
    place.run(&["resume", "disk/run", "wait=0"]);
    place.run(&["--run-dir", "whole", "s.rhai"]);
    assert!(place.outcome("disk/run") == place.outcome("whole"));
}

#[test]
fn a_run_folder_that_vanishes_is_made_again_and_can_be_resumed() {
    let place = place();
    let run = UnderWay::start(&place, "run", &["epochs=6"]);
    wait_for_epochs(&place.path("run"), 2);
    fs::rename(place.path("run"), place.path("gone")).unwrap();
    let (code, err) = run.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("run had vanished: it is made again"), "{err}");
    place.run(&["--run-dir", "whole", "s.rhai", "epochs=6"]);
    assert!(place.outcome("run") == place.outcome("whole"), "{}", place.outcome("run").0);
    assert_eq!(fs::read(place.path("run/script.rhai")).unwrap(), fs::read(place.path("whole/script.rhai")).unwrap());
    let err = place.run(&["resume", "run", "wait=0", "epochs=7"]);
    assert!(err.contains("run goes on from epoch 6, step 48"), "{err}");
}

#[test]
fn a_second_run_in_a_folder_is_refused_and_so_is_a_resume() {
    let place = place();
    let mut run = UnderWay::start(&place, "run", &["epochs=100000"]);
    for arguments in [&["--run-dir", "run", "s.rhai"][..], &["resume", "run"]] {
        let second = place.command(arguments).output().unwrap();
        let err = String::from_utf8(second.stderr).unwrap();
        assert_eq!(second.status.code(), Some(1), "{err}");
        assert!(err.contains("another run is at work in ") && err.contains("run: wait for its end"), "{err}");
    }
    // The lock goes with the run, however it ends.
    run.0.kill().unwrap();
    run.end();
    place.run(&["resume", "run", "wait=0", "epochs=1"]);
}
