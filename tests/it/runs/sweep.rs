//! `imdbsh sweep`: trials as if each were run alone, whoever dies meanwhile.
#![cfg(unix)]

use crate::common::runs::{Place, kill};
use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A rate, a seed, a switch that makes it fail; steps of some milliseconds.
const TASK: &str = r#"
let o = options(#{ lr: 0.01, seed: 1, epochs: 4, wait: 0.0, fails: false, name: "a" });
if o.fails && !path_exists("well") { throw #{ kind: "value", message: "it is not well" }; }
let x = randn([64, 6, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let net = sequential([dropout(0.2), lstm(4, 4, #{ readout: "max" }), linear(4, 2)]);
let data = #{ train: dataset(x[0..48], y[0..48]), test: dataset(x[48..64], y[48..64]) };
train::fit(net, adam(net, #{ lr: o.lr }), data, #{
    epochs: o.epochs, batch: 8, schedule: schedule::cosine(), progress: false,
    loss: |scores, labels| { sleep(o.wait); cross_entropy(scores, labels) },
});
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("task.rhai"), TASK).unwrap();
    place
}

fn sweep(place: &Place, arguments: &[&str]) -> Command {
    place.command(&[&["sweep", "--run-dir", "all"], arguments].concat())
}

#[track_caller]
fn done(mut command: Command) -> (String, String) {
    let (code, out, err) = said(command.output().unwrap());
    assert_eq!(code, Some(0), "{out}{err}");
    (out, err)
}

fn said(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn begun(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The names of the trials' folders.
fn trials(place: &Place) -> BTreeSet<String> {
    let entries = fs::read_dir(place.path("all")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().join("config.json").exists());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// Every trial has the rows and the weights of a run that was started alone.
#[track_caller]
fn are_as_if_alone(place: &Place, asked: &[(&str, &[&str])]) {
    assert_eq!(trials(place), asked.iter().map(|(name, _)| name.to_string()).collect());
    for (name, options) in asked {
        let alone = format!("alone-{name}");
        place.run(&[&["--run-dir", &alone, "task.rhai"], *options].concat());
        assert!(place.outcome(&format!("all/{name}")) == place.outcome(&alone), "{name}");
    }
}

const GRID: [(&str, &[&str]); 4] = [
    ("01-lr=0.01-seed=1", &["lr=0.01", "seed=1"]),
    ("02-lr=0.01-seed=2", &["lr=0.01", "seed=2"]),
    ("03-lr=3e-2-seed=1", &["lr=3e-2", "seed=1"]),
    ("04-lr=3e-2-seed=2", &["lr=3e-2", "seed=2"]),
];

#[test]
fn a_grid_runs_each_combination_once_and_compares_them() {
    let place = place();
    let asked = ["--jobs", "2", "task.rhai", "lr=0.01,3e-2", "seed=1..2"];
    let (table, err) = done(sweep(&place, &asked));
    are_as_if_alone(&place, &GRID);
    assert_eq!(err.matches("finished in").count(), 4, "{err}");
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines.len() == 4 && lines[0].starts_with("lr") && lines[0].contains("test_acc"), "{table}");
    assert!(lines[1..3].iter().all(|line| line.contains(" ± ")), "{table}");
    // The mean of the differences is the difference of the means.
    let mean = |line: &str| -> f64 { line.split_whitespace().nth(1).unwrap().parse().unwrap() };
    let lead = lines[3].strip_prefix("the best less the second, test_acc, over 2 seeds: ").unwrap();
    let lead: f64 = lead.split(' ').next().unwrap().parse().unwrap();
    assert!((mean(lines[1]) - mean(lines[2]) - lead).abs() < 2e-4, "{table}");
    let csv = fs::read_to_string(place.path("all/results.csv")).unwrap();
    assert_eq!(csv.lines().next().unwrap(), "run,status,lr,seed,test_acc,best_epoch,test_at_end,epochs_done,seconds");
    assert_eq!(csv.matches(",finished,").count(), 4, "{csv}");
    assert!(fs::read(place.path("all/sweep.png")).unwrap().starts_with(b"\x89PNG"));

    // What tells the runs apart is what was tried, though their loss has all options captured.
    let (listed, _) = done(place.command(&["runs", "all"]));
    let head = listed.lines().next().unwrap();
    assert!(head.contains(" lr ") && head.contains(" seed ") && !head.contains("captured"), "{listed}");

    // Asked again, or resumed, nothing is left to do.
    for again in [sweep(&place, &asked), place.command(&["resume", "all"])] {
        let (table_again, err) = done(again);
        assert_eq!(table_again, table);
        assert_eq!(err.matches("finished in").count(), 0, "{err}");
    }
}

#[test]
fn what_cannot_be_swept_is_said_before_any_run() {
    let place = place();
    fs::write(place.path("none.rhai"), "print(1);").unwrap();
    fs::write(place.path("late.rhai"), "run_folder(#{}, #{}); options(#{ lr: 1.0 });").unwrap();
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/notes.txt"), "mine").unwrap();
    for (arguments, why) in [
        (&["task.rhai", "lt=1,2"][..], "did you mean `lr`"),
        (&["task.rhai", "lr=1,x"], "takes a number"),
        (&["task.rhai", "epochs=1,2.5"], "takes an integer"),
        (&["task.rhai", "lr="], "no value"),
        (&["task.rhai", "lr=1,1.0"], "two trials are the same: lr=1 and lr=1.0"),
        (&["task.rhai", "lr=log:1e-4..1e-2"], "--random N"),
        (&["task.rhai", "lr"], "key=values"),
        (&["task.rhai", "lr=1", "lr=2"], "given twice"),
        (&["task.rhai"], "KEY=VALUE"),
        (&["none.rhai", "lr=1,2"], "takes no options"),
        (&["late.rhai", "lr=1,2"], "before the script asks"),
        (&["missing.rhai", "lr=1,2"], "missing.rhai"),
        (&["task.rhai", "seed=1..2000"], "2000 trials: --yes"),
        (&["--halving", "task.rhai", "epochs=1,2"], "--halving needs"),
        (&["--random", "3", "task.rhai", "lr=1,2"], "no more than 2"),
        (&["task.rhai", "lr=1,2", "--run-dir", "full"], "notes.txt"),
        (&["task.rhai", "lr=1,2", "--until-epoch", "2"], "for one run"),
        (&["work"], "which folder"),
        (&["work", "full"], "is no sweep"),
    ] {
        let run_dir = if arguments.contains(&"--run-dir") { vec!["sweep"] } else { vec!["sweep", "--run-dir", "all"] };
        let (code, out, err) = said(place.command(&[&run_dir, arguments].concat()).output().unwrap());
        assert!(code != Some(0) && err.contains(why), "{arguments:?}: {out}{err}");
        assert!(!place.path("all").exists(), "{arguments:?}");
    }
    let (out, err) = done(sweep(&place, &["--dry-run", "task.rhai", "lr=1,2", "name=\u{1b}[2J"]));
    assert!(out.lines().count() == 2 && err.contains("2 trials") && !out.contains('\u{1b}'), "{out}{err}");
    assert!(!place.path("all").exists());
}

#[test]
fn another_sweep_an_edited_plan_and_a_changed_script_are_refused() {
    let place = place();
    let asked = ["task.rhai", "lr=0.01,0.02", "epochs=1"];
    done(sweep(&place, &asked));
    let refused = |mut command: Command, why: &str| {
        let (code, out, err) = said(command.output().unwrap());
        assert!(code == Some(2) && err.contains(why), "{out}{err}");
    };
    refused(sweep(&place, &["task.rhai", "lr=0.01,0.03", "epochs=1"]), "holds another sweep (the trial 02-lr=0.03");

    let plan = place.path("all/plan.json");
    let good = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, good.replace("\"0.02\"", "\"0.05\"")).unwrap();
    fs::remove_file(place.path("all/work/02-lr=0.02.json")).unwrap();
    refused(place.command(&["resume", "all"]), "the plan was edited");
    fs::write(&plan, &good[..good.len() / 2]).unwrap();
    refused(place.command(&["resume", "all"]), "no plan");
    fs::write(&plan, &good).unwrap();
    done(place.command(&["resume", "all"]));

    fs::write(place.path("task.rhai"), format!("{TASK} ")).unwrap();
    refused(place.command(&["resume", "all"]), "has been changed");
    refused(place.command(&["resume", "all", "lr=1"]), "is a sweep");
    refused(place.command(&["--seed", "2", "sweep", "work", "all"]), "--seed 2: what each trial");
    refused(place.command(&["resume", "all/01-lr=0.01", "--jobs", "2"]), "for sweeps");
}

/// On a machine with much to do a program takes seconds to start.
fn until_planned(place: &Place) {
    while !place.path("all/plan.json").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_sweep_that_is_killed_again_and_again_ends_as_one_that_was_left_alone() {
    let place = place();
    let asked = ["--jobs", "2", "task.rhai", "lr=0.01,3e-2", "seed=1..2"];
    let mut kills = 0;
    for moment in [600, 900, 1300, 700, 1100] {
        let waits = [&asked[..], &["wait=0.02"]].concat();
        let mut child = begun(&mut sweep(&place, &waits));
        until_planned(&place);
        std::thread::sleep(Duration::from_millis(moment));
        if child.try_wait().unwrap().is_none() {
            kill("-KILL", child.id());
            kills += 1;
        }
        child.wait().unwrap();
    }
    assert!(kills > 1, "it was over before it was killed");
    let (_, err) = done(place.command(&["resume", "all", "--jobs", "2"]));
    assert!(!err.contains("failed"), "{err}");
    are_as_if_alone(&place, &GRID);
}

#[test]
fn of_three_workers_one_is_killed_and_each_trial_is_run_once() {
    let place = place();
    let asked = ["task.rhai", "lr=0.01,3e-2", "seed=1..2", "wait=0.01"];
    let mut first = begun(&mut sweep(&place, &asked));
    until_planned(&place);
    let mut others: Vec<Child> = (0..2).map(|_| begun(&mut place.command(&["sweep", "work", "all"]))).collect();
    std::thread::sleep(Duration::from_millis(900));
    assert!(first.try_wait().unwrap().is_none(), "it is over already");
    kill("-KILL", first.id());
    first.wait().unwrap();
    for other in &mut others {
        assert!(other.wait().unwrap().success());
    }
    let finished = fs::read_dir(place.path("all/work")).unwrap();
    let finished = finished.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "json"));
    assert_eq!(finished.count(), 4);
    are_as_if_alone(&place, &GRID);
}

#[test]
fn ctrl_c_keeps_the_place_of_what_runs() {
    let place = place();
    let mut child = begun(&mut sweep(&place, &["task.rhai", "lr=0.01,3e-2", "seed=1..2", "wait=0.02"]));
    let begun = place.path("all/01-lr=0.01-seed=1/metrics.jsonl");
    while !begun.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill("-INT", child.id());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!place.path("all/work/01-lr=0.01-seed=1.json").exists());
    done(place.command(&["resume", "all"]));
    are_as_if_alone(&place, &GRID);
}

#[test]
fn halving_goes_on_with_the_better_half_from_where_it_stood() {
    let place = place();
    let rates = "lr=1e-5,1e-4,3e-2,1e-1";
    let (table, err) = done(sweep(&place, &["--halving", "--by", "train_loss", "task.rhai", rates, "epochs=8"]));
    let rows =
        |name: &str| fs::read_to_string(place.path("all").join(name).join("metrics.jsonl")).unwrap().lines().count();
    let mut epochs: Vec<usize> = trials(&place).iter().map(|name| rows(name)).collect();
    epochs.sort_unstable();
    assert_eq!(epochs, [2, 2, 4, 8], "{table}{err}");
    assert!(err.contains("3 were left where they are by halving"), "{err}");
    // The one that went on all the way is what it would have been alone, and stands first.
    let best = trials(&place).into_iter().find(|name| rows(name) == 8).unwrap();
    let rate = best.split_once("lr=").unwrap().1;
    assert!(table.lines().nth(1).unwrap().starts_with(rate), "{table}");
    place.run(&["--run-dir", "alone", "task.rhai", &format!("lr={rate}"), "epochs=8"]);
    assert!(place.outcome(&format!("all/{best}")) == place.outcome("alone"));
    let (again, _) = done(place.command(&["resume", "all"]));
    assert_eq!(again, table);
}

#[test]
fn what_fails_is_said_and_run_again_when_asked() {
    let place = place();
    let asked = ["task.rhai", "fails=false,true", "epochs=1"];
    let (code, table, err) = said(sweep(&place, &asked).output().unwrap());
    assert!(code == Some(1) && err.contains("1 of 2 trials failed") && err.contains("it is not well"), "{err}");
    assert!(table.contains("1 failed"), "{table}");
    // Without --retry it stays so.
    let (code, _, err) = said(place.command(&["resume", "all"]).output().unwrap());
    assert!(code == Some(1) && err.contains("--retry"), "{err}");
    fs::write(place.path("well"), "").unwrap();
    let (table, _) = done(place.command(&["resume", "all", "--retry"]));
    assert!(!table.contains("failed"), "{table}");
}

#[test]
fn a_script_without_an_option_for_it_gets_its_seeds_from_the_program() {
    let place = place();
    let task = TASK.replace("seed: 1, ", "");
    fs::write(place.path("task.rhai"), &task).unwrap();
    done(sweep(&place, &["task.rhai", "seed=1..2", "epochs=1"]));
    for seed in ["1", "2"] {
        place.run(&["--run-dir", &format!("alone{seed}"), "--seed", seed, "task.rhai", "epochs=1"]);
    }
    assert!(place.outcome("all/01-seed=1") == place.outcome("alone1"));
    assert!(place.outcome("all/02-seed=2") == place.outcome("alone2"));
    assert!(place.outcome("alone1") != place.outcome("alone2"));
}

#[test]
fn a_training_is_left_after_the_epochs_that_were_asked_for_and_goes_on_exactly() {
    let place = place();
    place.run(&["--run-dir", "alone", "task.rhai"]);
    let left = |arguments: &[&str], epochs: usize| {
        let (code, _, err) = said(place.command(arguments).output().unwrap());
        assert!(code == Some(130) && err.contains(&format!("left behind epoch {epochs}")), "{err}");
        assert_eq!(fs::read_to_string(place.path("run/metrics.jsonl")).unwrap().lines().count(), epochs);
    };
    left(&["--until-epoch", "1", "--run-dir", "run", "task.rhai"], 1);
    left(&["--until-epoch", "3", "resume", "run"], 3);
    place.run(&["resume", "run"]);
    assert!(place.outcome("run") == place.outcome("alone"));
}

#[test]
fn with_a_validation_set_trials_are_compared_by_it_and_the_test_is_shown_beside() {
    let place = place();
    let sets = "train: dataset(x[0..32], y[0..32]), valid: dataset(x[32..48], y[32..48])";
    fs::write(place.path("task.rhai"), TASK.replace("train: dataset(x[0..48], y[0..48])", sets)).unwrap();
    let (table, _) = done(sweep(&place, &["task.rhai", "lr=0.01,0.03", "epochs=2"]));
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head[..3], ["lr", "valid_loss", "test_acc"], "{table}");
    // The lower loss stands first.
    let losses = table.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap());
    assert!(losses.is_sorted(), "{table}");
}
