//! Runs that differ in a seed alone: `imdbsh runs plot` draws them as one curve, in the size that is asked for, and `runs diff` compares their means.

use serde_json::json;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Two rates, of which one was tried with three seeds.
fn place() -> TempDir {
    let place = TempDir::new().unwrap();
    for (lr, seed, last) in [(0.1, 1, 0.5), (0.1, 2, 0.75), (0.1, 3, 1.0), (0.01, 1, 0.25)] {
        let folder = place.path().join(format!("runs/{lr}-{seed}"));
        fs::create_dir_all(&folder).unwrap();
        let config =
            json!({ "name": "s", "options": { "lr": lr, "seed": seed }, "training": { "epochs": 2 }, "seed": seed });
        fs::write(folder.join("config.json"), config.to_string()).unwrap();
        fs::write(folder.join("script.rhai"), "").unwrap();
        let rows = [0.25, last]
            .into_iter()
            .enumerate()
            .map(|(i, acc)| json!({ "epoch": i + 1, "test_acc": acc }).to_string() + "\n");
        fs::write(folder.join("metrics.jsonl"), rows.collect::<String>()).unwrap();
    }
    place
}

fn plot(place: &TempDir, arguments: &[&str]) -> Output {
    let runs = ["runs", "plot", "runs/0.1-1", "runs/0.1-2", "runs/0.1-3", "runs/0.01-1"];
    Command::new(env!("CARGO_BIN_EXE_imdbsh")).current_dir(place.path()).args(runs).args(arguments).output().unwrap()
}

fn svg(place: &TempDir, arguments: &[&str]) -> String {
    let output = plot(place, &[&["--out", "a.svg"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(place.path().join("a.svg")).unwrap()
}

#[test]
fn runs_that_differ_in_a_seed_alone_are_a_mean_with_a_band() {
    let place = place();
    let (each, together) = (svg(&place, &[]), svg(&place, &["--over", "seed"]));
    let bands = |svg: &str| svg.lines().filter(|line| line.starts_with("<polygon")).count();
    assert_eq!((bands(&each), bands(&together)), (0, 1));
    let has = |svg: &str, word: &str| svg.lines().any(|line| line == word);
    assert!(has(&each, "lr=0.1 seed=2") && !has(&together, "lr=0.1 seed=2"));
    for word in ["mean ± deviation over seed", "lr=0.1 (3)", "lr=0.01 (1)"] {
        assert!(has(&together, word), "{word}: {together}");
    }
}

#[test]
fn a_size_a_resolution_and_an_axis_are_asked_for() {
    let place = place();
    let drawn = svg(&place, &["--size", "640x480"]);
    assert!(drawn.starts_with("<svg width=\"640\" height=\"480\""));
    assert_ne!(svg(&place, &["--size", "640x480", "--log"]), drawn);
    assert!(plot(&place, &["--size", "300x200", "--dpi", "200"]).status.success());
    let reader = png::Decoder::new(fs::File::open(place.path().join("runs.png")).unwrap()).read_info().unwrap();
    assert_eq!((reader.info().width, reader.info().height), (600, 400));
}

#[test]
fn what_cannot_be_drawn_so_is_said() {
    let place = place();
    for (arguments, said) in [
        (&["--over", "sed"][..], "no run has anything called `sed`; did you mean `seed`?"),
        (&["--over", "epochs"], "these runs do not differ in `epochs`"),
        (&["--size", "640"], "such as 1000x700"),
        (&["--size", "10x700"], "each side must be 50 to 8000"),
        (&["--dpi", "5"], "there are 20 to 1200"),
    ] {
        let output = plot(&place, arguments);
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn two_settings_are_compared_seed_by_seed() {
    let place = place();
    let diff = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        let output = command.current_dir(place.path()).args(["runs", "diff"]).args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (first, second) = ("runs/0.1-1,runs/0.1-2,runs/0.1-3", "runs/0.01-1");
    let (_, out, err) = diff(&[first, second]);
    assert_eq!(out, "last.test_acc  0.7500 ± 0.2500 and 0.2500: fewer than two seeds that both have\n", "{err}");
    for (seed, last) in [(2, "0.25"), (3, "1.0")] {
        let (from, to) = (place.path().join("runs/0.01-1"), place.path().join(format!("runs/0.01-{seed}")));
        fs::create_dir(&to).unwrap();
        for file in ["config.json", "metrics.jsonl", "script.rhai"] {
            let text = fs::read_to_string(from.join(file)).unwrap();
            let text = text.replace("\"seed\":1", &format!("\"seed\":{seed}"));
            fs::write(
                to.join(file),
                text.replace("\"epoch\":2,\"test_acc\":0.25", &format!("\"epoch\":2,\"test_acc\":{last}")),
            )
            .unwrap();
        }
    }
    // The pairs differ by 0.25, 0.5 and 0: in scipy, stats.t.interval(0.95, 2, 0.25, stats.sem([0.25, 0.5, 0])).
    let second = "runs/0.01-3,runs/0.01-1,runs/0.01-2";
    let (_, out, _) = diff(&[first, second]);
    assert!(out.ends_with(": first less second 0.2500 (95 %: -0.3710 to 0.8710, paired t over 3 seeds)\n"), "{out}");
    let json: serde_json::Value = serde_json::from_str(&diff(&[first, second, "--json"]).1).unwrap();
    assert_eq!(json["last.test_acc"]["difference"]["seeds"], 3);
    let (done, _, err) = diff(&["runs/0.1-1,runs/0.1-1", second]);
    assert!(!done && err.contains("runs/0.1-1 has the seed 1 of another run"), "{err}");
}
