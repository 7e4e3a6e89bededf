//! `tools/lab.sh` runs what is missing, `tools/results.rhai` makes a page of it and leaves what is written by hand.

use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A run folder of `accuracies.len()` epochs out of `epochs`.
fn run(folder: &Path, epochs: usize, accuracies: &[f64]) {
    fs::create_dir_all(folder).unwrap();
    let config =
        json!({ "name": "s", "options": {}, "training": { "epochs": epochs }, "threads": 2, "seed": 1, "data": {} });
    fs::write(folder.join("config.json"), serde_json::to_string_pretty(&config).unwrap()).unwrap();
    let row = |(i, acc): (usize, &f64)| {
        let row = json!({ "epoch": i + 1, "lr": 0.1, "train_loss": 0.5, "train_acc": 0.9, "test_loss": 0.5, "test_acc": acc,
            "train_seconds": 40.0, "test_seconds": 5.0 });
        format!("{row}\n")
    };
    fs::write(folder.join("metrics.jsonl"), accuracies.iter().enumerate().map(row).collect::<String>()).unwrap();
}

fn results(folder: &Path) -> (i32, String) {
    let script = Path::new(ROOT).join("tools/results.rhai");
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .current_dir(folder)
        .arg(script)
        .args(["runs=runs", "page=page.md"])
        .output()
        .unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_page_shows_means_over_seeds_and_keeps_what_is_written_by_hand() {
    let folder = TempDir::new().unwrap();
    let runs = folder.path().join("runs");
    for (seed, last) in [(1, 0.80), (2, 0.82), (3, 0.84)] {
        run(&runs.join(format!("E10-seed{seed}")), 100, &[&[0.6; 49][..], &[0.7], &[0.5; 49], &[last]].concat());
    }
    run(&runs.join("E8-seed1"), 80, &[0.75; 30]); // stopped
    run(&runs.join("bert-f32-seed1"), 1, &[0.8]);
    fs::write(
        runs.join("E10-seed1/last_test.json"),
        r#"{"test": "neg[5000:6000]", "reviews": 9, "accuracy": 0.79, "f1": 0.8}"#,
    )
    .unwrap();
    assert_eq!(results(folder.path()), (0, String::new()));
    let page = folder.path().join("page.md");
    let first = fs::read_to_string(&page).unwrap();
    let line = first.lines().find(|line| line.starts_with("| [E10](#e10) |")).unwrap();
    for part in [
        "83 %, 100 epochs (train 87 %)",
        "70.0 % (70.0 to 70.0) at 50, **82.0 % (80.0 to 84.0)** at 100 (train 90.0 %), best 82.0 %",
        "by seed 80.0 %, 82.0 %, 84.0 %",
        "| 3 | 75 min 0 s |",
    ] {
        assert!(line.contains(part), "`{part}` is not in {line}");
    }
    assert!(first.contains("`imdbsh scripts/bilstm_sgd.rhai`") && first.contains("](page/E10.png)"), "{first}");
    assert!(first.contains("9 unseen reviews: 79.0 %, F1 0.800"), "{first}");
    let missing = first.lines().find(|line| line.starts_with("Not run yet: ")).unwrap();
    assert!(missing.contains("E8") && !missing.contains("E10,"), "a run that was stopped counts: {missing}");
    let picture = fs::metadata(folder.path().join("page/E10.png")).unwrap().len();
    assert!((1_000..60_000).contains(&picture), "{picture} bytes");
    assert!(first.contains("| [bert-f32](#bert-f32) |") && !first.contains("bert-f32.png"), "a curve of one epoch");

    fs::write(&page, format!("{first}\n## What was learned\n\nMuch.\n").replace("# Results", "# Results of mine"))
        .unwrap();
    run(&runs.join("E8-seed1"), 80, &[0.75; 80]);
    assert_eq!(results(folder.path()), (0, String::new()));
    let second = fs::read_to_string(&page).unwrap();
    assert!(
        second.starts_with("# Results of mine\n") && second.ends_with("\n## What was learned\n\nMuch.\n"),
        "{second}"
    );
    assert!(second.contains("| [E8](#e8) |"), "{second}");

    fs::write(&page, "# Mine\n").unwrap();
    let (code, err) = results(folder.path());
    assert!(code == 1 && err.contains("page.md lacks the marks"), "{err}");
    assert_eq!(fs::read_to_string(&page).unwrap(), "# Mine\n");
}

#[test]
fn the_lab_is_run_once_and_goes_on_where_it_was_stopped() {
    let folder = TempDir::new().unwrap();
    let runs = folder.path().join("runs");
    run(&runs.join("E6-seed2"), 3, &[0.5]); // stopped
    run(&runs.join("E6-seed3"), 3, &[0.5; 3]);
    let lab = |rows: &[&str]| {
        let output = Command::new("bash")
            .arg(Path::new(ROOT).join("tools/lab.sh"))
            .args(rows)
            .env("IMDBSH", env!("CARGO_BIN_EXE_imdbsh"))
            .env("RUNS", &runs)
            .env("KEPT", folder.path().join("kept"))
            .env("PAGE", folder.path().join("page.md"))
            .env("THREADS", "1")
            .env("OPTIONS", "train=32 test=16 hidden=4 max_len=20 batch=16 epochs=3")
            .env_remove("IMDBSH_DATA")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = lab(&["E1", "E6"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("E6-seed3 is there") && out.contains("E6-seed2: scripts/lstm_sgd.rhai"), "{out}");
    assert_eq!(fs::read_to_string(runs.join("E6-seed2/metrics.jsonl")).unwrap().lines().count(), 3);
    let page = fs::read_to_string(folder.path().join("page.md")).unwrap();
    assert!(page.contains("| [E1](#e1) |") && page.contains("| [E6](#e6) |"), "{page}");

    let (code, out, err) = lab(&["E1", "E6"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(out.matches(" is there\n").count(), 4, "{out}");

    let (code, _, err) = lab(&["E77"]);
    assert!(code != Some(0) && err.contains("unknown row E77"), "{err}");
}
