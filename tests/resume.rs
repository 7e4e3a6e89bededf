//! A run that was interrupted and resumed ends as one that was not.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Dropout, buckets, Adam, clipping, a schedule, an accuracy of the test set: steps of about 30 ms.
const SCRIPT: &str = r#"
let o = options(#{ epochs: 4, lr: 0.01, seed: 3, wait: 0.0, abort: 0 });
if o.abort > 0 { pause_at(o.abort, ["t.save_checkpoint();", ":abort"]); }
let x = randn([96, 24, 8]);
let y = (x.sum([1, 2]) > 0).to("int64");
let net = sequential([dropout(0.2), lstm(8, 8, #{ readout: "max" }), linear(8, 2)]);
let data = #{ train: dataset(x[0..64], y[0..64]), test: dataset(x[64..96], y[64..96]) };
let result = train::fit(net, adam(net, #{ lr: o.lr }), data, #{
    epochs: o.epochs, batch: 8, clip: 1.0, penalty: penalty::l2(1e-3), schedule: schedule::cosine(),
    loss: |scores, labels| { sleep(o.wait); cross_entropy(scores, labels) },
});
runs::report(result);
"#;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
        Place(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.current_dir(self.0.path()).env_remove("IMDBSH_PATH").args(["--threads", "1"]).args(arguments);
        command
    }

    /// Runs the program to its end, which must be a good one; gives what it wrote to stderr.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{err}");
        err
    }

    /// Runs the script, and sends a signal once it has finished `epochs` and a few steps more. Gives the exit code and stderr.
    fn interrupted(&self, run: &str, signal: &str, epochs: usize) -> (Option<i32>, String) {
        let mut child = self
            .command(&["--run-dir", run, "s.rhai", "wait=0.03"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let mut seen: Vec<String> = lines.by_ref().take(epochs).collect();
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        seen.extend(lines);
        (child.wait().unwrap().code(), seen.join("\n"))
    }

    /// All that has to be the same: the rows without their times, and the weights.
    fn outcome(&self, run: &str) -> (String, Vec<u8>) {
        let text = fs::read_to_string(self.path(run).join("metrics.jsonl")).unwrap();
        let row = |line: &str| {
            let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            row.retain(|key, _| !key.ends_with("_seconds"));
            serde_json::to_string(&row).unwrap()
        };
        let rows: Vec<String> = text.lines().map(row).collect();
        (rows.join("\n"), fs::read(self.path(run).join("model.safetensors")).unwrap())
    }

    fn checkpoints(&self, run: &str) -> Vec<String> {
        let folder = self.path(run).join("checkpoints");
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".json"));
        names.sort();
        names
    }
}

fn whole() -> (Place, (String, Vec<u8>)) {
    let place = Place::new();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let outcome = place.outcome("whole");
    (place, outcome)
}

#[test]
fn ctrl_c_without_a_terminal_keeps_the_step_and_resume_ends_as_if_nothing_had_been() {
    let (place, whole) = whole();
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
    let (place, whole) = whole();
    // The second step, the middle of the second epoch, its last step, between two epochs.
    for (i, step) in [1, 11, 15, 16].into_iter().enumerate() {
        let run = format!("run{i}");
        let stopped = place.command(&["--run-dir", &run, "s.rhai", &format!("abort={step}")]).output().unwrap();
        assert_eq!(stopped.status.code(), Some(130), "{step}");
        let err = place.run(&["resume", &run, "abort=0"]);
        assert!(err.contains(&format!(", step {step}\n")), "{step}: {err}");
        assert!(place.outcome(&run) == whole, "{step}");
    }
}

#[test]
fn a_run_that_was_killed_goes_on_from_its_last_epoch_again_and_again() {
    let (place, whole) = whole();
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
    let (place, whole) = whole();
    fs::create_dir(place.path("copy")).unwrap();
    for (damage, ending) in [("cut", "safetensors"), ("changed", "safetensors"), ("cut", "json"), ("changed", "json")] {
        let kept = place.checkpoints("whole");
        let newest = place.path("whole/checkpoints").join(kept.last().unwrap()).with_extension(ending);
        let good = fs::read(&newest).unwrap();
        let mut bytes = good.clone();
        match damage {
            "cut" => bytes.truncate(good.len() / 2),
            _ => bytes[good.len() / 2] ^= 1,
        }
        fs::write(&newest, bytes).unwrap();
        let err = place.run(&["resume", "whole", "wait=0"]);
        assert!(err.contains("the one before it is used") && err.contains("epoch 4/4"), "{damage} {ending}: {err}");
        assert!(place.outcome("whole") == whole, "{damage} {ending}");
        assert!(!place.run(&["resume", "whole"]).contains("is damaged"), "it is written again");
    }
}

#[test]
fn resume_goes_on_from_any_checkpoint_with_other_options_or_an_edited_script() {
    let (place, _) = whole();
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
    let (place, _) = whole();
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
fn of_several_trainings_of_a_script_each_goes_on_where_it_was() {
    let place = Place::new();
    let twice = SCRIPT.replace("runs::report(result);", "")
        + &SCRIPT.replace("let o = options(#{ epochs: 4", "let o = options(#{ epochs: 3");
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

/// A training loop without `train::fit`.
const LOOP: &str = r#"
let o = options(#{ stop: 0, seed: 3 });
let x = randn([32, 4]);
let set = dataset(x, (x.sum(1) > 0).to("int64"));
let net = sequential([dropout(0.2), linear(4, 2)]);
let optimizer = adam(net, #{ lr: 0.1 });
let run = run_folder(#{}, #{ train: set });
let h = history();
let at = resume(run, #{ net: net, optimizer: optimizer, history: h, epoch: 0 });
for epoch in at.epoch + 1..=5 {
    let m = meter();
    net.train();
    for batch in set.batches(#{ size: 8, shuffle: true, epoch: epoch }) {
        optimizer.zero_grad();
        let scores = net.forward(batch);
        let loss = cross_entropy(scores, batch.labels);
        loss.backward();
        optimizer.step();
        m.add(loss, scores, batch.labels);
    }
    h.push(#{ epoch: epoch, train_loss: m.read().loss });
    run.save_epoch(h[-1], h, net);
    checkpoint(run, #{ net: net, optimizer: optimizer, history: h, epoch: epoch });
    if epoch == o.stop { throw "stopped"; }
}
"#;

#[test]
fn a_loop_of_ones_own_keeps_checkpoints_and_goes_on_from_them() {
    let place = Place::new();
    fs::write(place.path("s.rhai"), LOOP).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let stopped = place.command(&["--run-dir", "run", "s.rhai", "stop=3"]).output().unwrap();
    assert_eq!(stopped.status.code(), Some(1));
    let err = place.run(&["resume", "run", "stop=0"]);
    assert!(err.contains("run goes on from epoch 3"), "{err}");
    assert!(place.outcome("run") == place.outcome("whole"));
}
