//! A run that was interrupted and resumed ends as one that was not.
#![cfg(unix)]

use crate::common::runs::{Place, SCRIPT};
use std::fs;
use std::path::Path;

#[test]
fn ctrl_c_without_a_terminal_keeps_the_step_and_resume_ends_as_if_nothing_had_been() {
    let (place, whole) = Place::with_a_whole_run();
    let (code, err) = place.interrupted("run", "-INT", 1);
    assert_eq!(code, Some(130), "{err}");
    let at = err.split_once("interrupted at ").and_then(|(_, rest)| rest.split_once("; to go on: imdbsh resume run"));
    let (at, _) = at.unwrap_or_else(|| panic!("{err}"));

    let err = place.run(&["resume", "run", "wait=0"]);
    assert!(err.contains(&format!("run goes on from {at}\n")), "{err}");
    assert!(place.outcome("run") == whole, "{}\nand without a break\n{}", place.outcome("run").0, whole.0);
}

#[test]
fn a_run_goes_on_in_the_middle_of_an_epoch_at_any_step() {
    let (place, whole) = Place::with_a_whole_run();
    // The second step, the middle of the second epoch, its last step, between two epochs.
    for (i, step) in [1, 11, 15, 16].into_iter().enumerate() {
        let run = format!("run{i}");
        let stopped = place.command(&["--run-dir", &run, "s.rhai", &format!("abort={step}")]).output().unwrap();
        assert_eq!(stopped.status.code(), Some(1), "{step}");
        let err = place.run(&["resume", &run, "abort=0"]);
        assert!(err.contains(&format!(", step {step}\n")), "{step}: {err}");
        assert!(place.outcome(&run) == whole, "{step}");
    }
}

#[test]
fn a_run_that_was_killed_goes_on_from_its_last_epoch_again_and_again() {
    let (place, whole) = Place::with_a_whole_run();
    let (code, _) = place.interrupted("run", "-KILL", 2);
    assert_eq!(code, None);
    // Cut once more, with what the second run wrote as well.
    let kept = place.checkpoints("run");
    assert!(kept.contains(&"e0002-s000016.json".to_string()), "{kept:?}");
    place.run(&["resume", "run", "wait=0"]);
    assert!(place.outcome("run") == whole);
    // A run that is over has nothing left to do.
    let err = place.run(&["resume", "run", "wait=0"]);
    assert!(!err.contains("epoch 4/4"), "{err}");
    assert!(place.outcome("run") == whole);
}

#[test]
fn a_damaged_newest_checkpoint_is_said_and_the_one_before_is_used() {
    let (place, whole) = Place::with_a_whole_run();
    fs::create_dir(place.path("copy")).unwrap();
    let both = ["cut", "changed", "emptied"].into_iter().flat_map(|damage| [(damage, "safetensors"), (damage, "json")]);
    for (damage, ending) in both.chain([("removed", "safetensors"), ("digit", "json")]) {
        let newest = place.newest_checkpoint("whole", ending);
        let good = fs::read(&newest).unwrap();
        let mut bytes = good.clone();
        match damage {
            "cut" => bytes.truncate(good.len() / 2),
            "emptied" => bytes.clear(),
            // The rate of the second epoch, in another spelling of the same number.
            "digit" => {
                let text = String::from_utf8(bytes).unwrap();
                bytes = text.replace("0.0054900857016478045", "0.0054900857016478044").into_bytes();
                assert!(bytes != good, "{text}");
            }
            _ => bytes[good.len() / 2] ^= 1,
        }
        fs::write(&newest, bytes).unwrap();
        if damage == "removed" {
            fs::remove_file(&newest).unwrap();
        }
        let err = place.run(&["resume", "whole", "wait=0"]);
        assert!(err.contains("the one before it is used") && err.contains("epoch 4/4"), "{damage} {ending}: {err}");
        assert!(place.outcome("whole") == whole, "{damage} {ending}");
        assert!(!place.run(&["resume", "whole"]).contains("is damaged"), "it is written again");
    }
}

#[test]
fn resume_goes_on_from_any_checkpoint_with_other_options_or_an_edited_script() {
    let (place, _) = Place::with_a_whole_run();
    let err = place.run(&["resume", "whole", "epochs=5"]);
    assert_eq!(err.lines().filter(|line| line.starts_with("epoch ")).count(), 1, "{err}");
    let kept = place.checkpoints("whole");
    assert!(kept.len() <= 3 && kept.contains(&"e0005-s000040.json".to_string()), "{kept:?}");
    let from = kept[0].trim_end_matches(".json");
    let err = place.run(&["resume", "whole", "--from", from]);
    assert!(err.contains("goes on from epoch "), "{err}");

    fs::write(place.path("s.rhai"), SCRIPT.replace("runs::report(result)", "print(\"edited\")")).unwrap();
    let out = place.command(&["resume", "whole", "--edited"]).output().unwrap();
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "edited\n");
}

#[track_caller]
fn refused(place: &Place, arguments: &[&str], code: i32, part: &str) {
    let output = place.command(arguments).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.contains(part), "`{part}` is not in\n{err}");
}

#[test]
fn what_cannot_be_resumed_is_said() {
    let (place, _) = Place::with_a_whole_run();
    refused(&place, &["resume", "nowhere"], 2, "nowhere is no run folder");
    refused(&place, &["resume", "whole", "leraning_rate=1"], 2, "unknown option");
    refused(
        &place,
        &["resume", "whole", "--from", "e0009-s000001"],
        1,
        "has no checkpoint e0009-s000001 (it has e0004",
    );
    // Another seed draws other data.
    refused(&place, &["resume", "whole", "seed=4"], 1, "was trained on other data");
    fs::remove_file(place.path("s.rhai")).unwrap();
    refused(&place, &["resume", "whole", "--edited"], 2, "cannot read the script");
    fs::write(place.path("whole/script.rhai"), "").unwrap();
    refused(&place, &["resume", "whole"], 2, "was started at the prompt");
}

#[test]
fn planned_pauses_whose_step_is_over_hold_back_none_of_the_later_ones() {
    let place = Place::new();
    let planned = SCRIPT
        .replace("if o.abort", "pause_at(3, [\"optimizer.lr = 0.02\"]);\nif o.abort")
        .replace("let x =", "pause_at(20, [\"optimizer.lr = 0.005\"]);\nlet x =");
    fs::write(place.path("s.rhai"), planned).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let stopped = place.command(&["--run-dir", "run", "s.rhai", "abort=10"]).output().unwrap();
    assert_eq!(stopped.status.code(), Some(1));
    let err = place.run(&["resume", "run", "abort=0"]);
    assert!(err.contains(", step 10\n"), "{err}");
    assert!(place.outcome("run") == place.outcome("whole"));
}

#[test]
fn of_several_trainings_of_a_script_each_goes_on_where_it_was() {
    let place = Place::new();
    let twice = SCRIPT.replace("runs::report(result);", "")
        + SCRIPT.replace("let o = options(#{ epochs: 4", "let o = options(#{ epochs: 3").as_str();
    fs::write(place.path("s.rhai"), twice).unwrap();
    place.run(&["--run-dir", "a", "s.rhai"]);
    let (first, second) = (place.outcome("a"), place.outcome("a-2"));
    for name in place.checkpoints("a-2").iter().filter(|name| !name.contains("e0002")) {
        fs::remove_file(place.path("a-2/checkpoints").join(name)).unwrap();
    }
    let err = place.run(&["resume", "a-2"]);
    assert!(err.contains("a-2 goes on from epoch 2, step 16"), "{err}");
    assert!(place.outcome("a") == first && place.outcome("a-2") == second);
    assert!(!Path::new(&place.path("a-3")).exists());
}

#[test]
fn the_loop_of_the_example_is_killed_again_and_again_and_ends_as_if_nothing_had_been() {
    let place = Place::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/resume.rhai");
    let slow = fs::read_to_string(example).unwrap().replace("optimizer.step();", "optimizer.step(); sleep(0.005);");
    fs::write(place.path("s.rhai"), slow).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let resumed = place.killed_until_done("run", 5);
    assert!(resumed > 0, "it was never killed in the middle");
    assert!(place.outcome("run") == place.outcome("whole"));
}
