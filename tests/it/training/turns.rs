//! Every way to run a training that the documentation shows, killed at random moments and resumed: a script that is run again finds its
//! training behind each of its turns as it was.
#![cfg(unix)]

use crate::common::runs::Place;
use std::fs;

/// A training of three epochs of three steps that has not begun, with a checkpoint at each step.
const START: &str = r#"
let o = options(#{ seed: 3, epochs: 3 });
let x = randn([36, 6, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let data = #{ train: dataset(x[0..24], y[0..24]), test: dataset(x[24..36], y[24..36]) };
let begin = |given| {
    let net = sequential([lstm(4, 5, #{ readout: "max" }), dropout(0.3), linear(5, 2)]);
    train::start(net, adam(net, #{ lr: 0.01 }), data, #{
        epochs: o.epochs, batch: 8, checkpoint_minutes: 0, schedule: schedule::cosine(), progress: false,
        loss: |a, b| { sleep(0.01); cross_entropy(a, b) },
    } + given)
};
"#;

/// Kills it again and again; what it prints in the end, its rows and its weights are those of one that was left alone.
#[track_caller]
fn check(text: &str, runs: &[&str]) {
    let place = Place::new();
    fs::write(place.path("s.rhai"), format!("{START}{text}")).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let resumed = place.killed_until_done("run", u64::from(crc32fast::hash(text.as_bytes())));
    assert!(resumed > 0, "it was never killed in the middle");
    for ending in runs {
        let (run, whole) = (place.outcome(&format!("run{ending}")), place.outcome(&format!("whole{ending}")));
        assert!(run == whole, "{ending}: resumed {resumed} times\n{}\nwithout a break\n{}", run.0, whole.0);
    }
}

#[test]
fn two_turns_and_a_rate_set_between_them() {
    check("let t = begin.call(#{}); t.run(1); t.optimizer.lr = t.optimizer.lr / 2; t.run(); t.finish();", &[""]);
}

#[test]
fn more_turns_than_epochs_that_are_kept() {
    check("let t = begin.call(#{ checkpoint: 2 }); t.run(1); t.run(1); t.run(1); t.run(); t.finish();", &[""]);
}

#[test]
fn a_turn_goes_back_to_a_snapshot_and_tries_something_else() {
    let text = "let t = begin.call(#{}); let a = snapshot(t); t.run(1); let first = t.history[-1].train_loss;
        restore(t, a); t.o.penalty = penalty::l2(first * 0.1); t.run(2); t.finish();";
    check(text, &[""]);
}

/// Ended at the places where least is left to do: what is said of the test rows is there all the same.
#[test]
fn what_is_over_is_not_lost_where_all_turns_are_passed_again() {
    for end in ["t.finish(); ended();", "ended(); t.finish();"] {
        let text = format!(
            "let t = begin.call(#{{ on_end: |t| log(#{{ own: 1 }}) }}); let a = snapshot(t); t.run(1); restore(t, a); t.run(2); {end}
             fn ended() {{ if !path_exists(\"go\") {{ throw \"ended\"; }} }}"
        );
        let place = Place::new();
        fs::write(place.path("s.rhai"), format!("{START}{text}")).unwrap();
        assert!(!place.command(&["--run-dir", "run", "s.rhai"]).output().unwrap().status.success());
        fs::write(place.path("go"), "").unwrap();
        place.run(&["resume", "run"]);
        place.run(&["--run-dir", "whole", "s.rhai"]);
        let (run, whole) = (place.outcome("run"), place.outcome("whole"));
        assert!(
            whole.0.contains("row,label,predicted") && run == whole,
            "{end}: {}\nwithout a break\n{}",
            run.0,
            whole.0
        );
    }
}

#[test]
fn what_a_fork_finds_decides_how_it_goes_on() {
    let text = "let t = begin.call(#{}); t.run(1); let b = fork(t); b.run(1);
        t.optimizer.lr = if b.history[-1].train_loss < t.history[-1].train_loss { 0.02 } else { 0.005 }; t.run(); t.finish();";
    check(text, &[""]);
}

#[test]
fn epoch_by_epoch() {
    check(
        "let t = begin.call(#{}); while t.history.len() < 3 { train::epoch(t); t.o.clip = 1.0 / t.history.len(); } t.finish();",
        &[""],
    );
}

#[test]
fn pauses_that_are_planned_at_the_end_of_a_turn_and_in_the_middle() {
    let text = "pause_at(3, [\"optimizer.lr = optimizer.lr / 2\"]); pause_at(5, [\"optimizer.lr = optimizer.lr * 3\"]);
        let t = begin.call(#{}); t.run(1); t.run(); t.finish();";
    check(text, &[""]);
}

#[test]
fn a_loss_that_is_no_number_goes_back_to_the_same_place() {
    let text = "let t = begin.call(#{ on_nan: \"restore\", schedule: schedule::constant(), loss: |a, b| { sleep(0.01);
        let l = cross_entropy(a, b); if l.item() > 0.72 { l / 0.0 } else { l } } });
        t.optimizer.lr = 0.5; t.run(1); t.run(); t.finish();";
    let place = Place::new();
    fs::write(place.path("s.rhai"), format!("{START}{text}")).unwrap();
    // Whether it comes to its end or gives up after five times, it does so wherever it is killed.
    let whole = place.command(&["--run-dir", "whole", "s.rhai"]).output().unwrap();
    if whole.status.success() {
        check(text, &[""]);
    }
}

#[test]
fn several_runs_in_one_script_also_killed_between_them() {
    let text = "for lr in [0.01, 0.02, 0.03] { manual_seed(3); let t = begin.call(#{}); t.optimizer.base_lr = lr; t.run(); t.finish(); }";
    let place = Place::new();
    fs::write(place.path("s.rhai"), format!("{START}{text}")).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    // Killed before the second has begun, and as it begins.
    for (i, begun) in ["run0-2", "run1-2/script.rhai", "run2-3/script.rhai"].iter().enumerate() {
        let run = format!("run{i}");
        let mut child = place.command(&["--run-dir", &run, "s.rhai"]).spawn().unwrap();
        while !place.path(begun).exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let last = ["-3", "-2", ""].into_iter().map(|end| format!("{run}{end}"));
        let last = last.into_iter().find(|run| place.path(run).join("config.json").exists()).unwrap();
        place.run(&["resume", &last]);
        // One that was killed as it began leaves its number behind.
        let all = (1..6).map(|n| if n == 1 { run.clone() } else { format!("{run}-{n}") });
        let all: Vec<String> = all.filter(|run| place.path(run).join("config.json").exists()).collect();
        let whole = ["whole", "whole-2", "whole-3"];
        assert_eq!(all.len(), whole.len(), "{all:?}");
        assert!(all.iter().zip(whole).all(|(run, whole)| place.outcome(run) == place.outcome(whole)), "{all:?}");
    }
}

#[test]
fn a_run_that_was_killed_before_it_had_begun_can_be_begun_again() {
    let place = Place::new();
    fs::create_dir(place.path("run")).unwrap();
    fs::copy(place.path("s.rhai"), place.path("run/script.rhai")).unwrap();
    fs::write(place.path("run/.lock"), "").unwrap();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=1"]);
    fs::create_dir(place.path("other")).unwrap();
    fs::write(place.path("other/script.rhai"), "print(1)").unwrap();
    let output = place.command(&["--run-dir", "other", "s.rhai"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("a file of that name is there"));
}
