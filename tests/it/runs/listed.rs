//! `imdbsh runs`: many runs side by side, and what is done to them.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// A run folder as a program leaves it.
fn run(folder: &Path, options: Value, status: Value, accuracies: &[f64]) {
    fs::create_dir_all(folder).unwrap();
    let write =
        |file: &str, value: &Value| fs::write(folder.join(file), serde_json::to_string_pretty(value).unwrap()).unwrap();
    let config = json!({ "name": "s", "run": { "name": null, "tags": [], "notes": null }, "started": "2026-11-25T10:00:00Z", "options": options,
        "training": { "epochs": 3 }, "seed": 1, "optimizer": { "algorithm": "adam", "groups": [{ "lr": options["lr"], "eps": 1e-8 }] },
        "versions": { "imdbsh": "0.1.0" } });
    write("config.json", &config);
    write("status.json", &status);
    fs::write(folder.join("script.rhai"), format!("let lr = {};\ntrain();\n", options["lr"])).unwrap();
    fs::write(folder.join(".lock"), "").unwrap();
    let row = |(i, acc): (usize, &f64)| {
        format!(
            "{}\n",
            json!({ "epoch": i + 1, "lr": 0.5, "train_loss": 1.0 / (i + 1) as f64, "test_acc": acc, "train_seconds": 2.0 })
        )
    };
    fs::write(folder.join("metrics.jsonl"), accuracies.iter().enumerate().map(row).collect::<String>()).unwrap();
}

fn finished() -> Value {
    json!({ "status": "finished", "since": "2026-11-25T10:05:00Z" })
}

struct Place(TempDir);

impl Place {
    /// Four runs, two of them in a folder below.
    fn new() -> Place {
        let place = Place(TempDir::new().unwrap());
        let at = |name: &str| place.0.path().join("runs").join(name);
        run(&at("a-10"), json!({ "lr": 1e-2, "hidden": 8 }), finished(), &[0.5, 0.75, 0.625]);
        run(&at("a-9"), json!({ "lr": 1e-3, "hidden": 8 }), finished(), &[0.5, 0.625, 0.875]);
        let failed =
            json!({ "status": "failed", "since": "2026-11-25T10:05:00Z", "error": "error: no\n --> s.rhai:1" });
        run(&at("below/b"), json!({ "lr": 1e-4, "hidden": 8 }), failed, &[0.5]);
        let killed = json!({ "status": "running", "since": "2026-11-25T10:05:00Z", "process": 1, "host": "here" });
        run(&at("below/c"), json!({ "lr": 1e-10, "hidden": 8 }), killed, &[]);
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn imdbsh(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// What the program says, which must be a good end.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.imdbsh(arguments);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        out
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments)).unwrap()
    }

    /// A column of the runs that are chosen.
    #[track_caller]
    fn column(&self, name: &str, arguments: &[&str]) -> Vec<Value> {
        let rows = self.json(&[&["runs", "--json", "--columns", name], arguments].concat());
        rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
    }
}

#[test]
fn a_table_shows_how_runs_stand_and_what_tells_them_apart() {
    let place = Place::new();
    let table = place.said(&["runs"]);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["run", "status", "started", "lr", "epoch", "last.test_acc", "best.test_acc"], "{table}");
    let of = |name: &str| lines.iter().find(|line| line[0].ends_with(name)).unwrap().clone();
    assert_eq!((of("a-9")[1], &of("a-9")[4..]), ("finished", &["0.001", "3", "0.875", "0.875"][..]), "{table}");
    assert_eq!(&of("a-10")[4..], ["0.01", "3", "0.625", "0.75"], "{table}");
    assert_eq!((of("b")[1], of("c")[1]), ("failed", "killed"), "{table}");
    // Names as people count.
    let names: Vec<&str> = lines[1..].iter().map(|line| line[0]).collect();
    assert_eq!(names, ["runs/a-9", "runs/a-10", "runs/below/b", "runs/below/c"]);
}

#[test]
fn runs_are_chosen_and_sorted_by_what_is_known_of_them() {
    let place = Place::new();
    let names = |arguments: &[&str]| -> Vec<String> {
        place
            .column("run", arguments)
            .iter()
            .map(|name| name.as_str().unwrap().rsplit('/').next().unwrap().into())
            .collect()
    };
    assert_eq!(names(&["--filter", "lr>1e-3 and status=finished"]), ["a-10"]);
    assert_eq!(names(&["--filter", "status=killed or status=failed"]), ["b", "c"]);
    assert_eq!(names(&["--sort", "lr"]), ["c", "b", "a-9", "a-10"]);
    // Those without a figure stand last, whichever way.
    assert_eq!(names(&["--sort", "-best.test_acc"]), ["a-9", "a-10", "b", "c"]);
    assert_eq!(names(&["--sort", "best.test_acc"]), ["b", "a-10", "a-9", "c"]);
    assert_eq!(place.column("epoch", &["runs/a-9"]), [json!(3)]);

    let csv =
        place.said(&["runs", "--csv", "--columns", "run,lr,best.test_acc,seconds", "--filter", "status=finished"]);
    assert_eq!(csv, "run,lr,best.test_acc,seconds\nruns/a-9,0.001,0.875,6.0\nruns/a-10,0.01,0.75,6.0\n");
    let whole = place.json(&["runs", "--json", "--filter", "status=failed"]);
    let failed = &whole[0];
    assert_eq!((&failed["error"], &failed["options"]["lr"]), (&json!("error: no\n --> s.rhai:1"), &json!(1e-4)));
    assert_eq!((&failed["last"]["test_acc"], &failed["epochs"]), (&json!(0.5), &json!(3)));
}

#[test]
fn what_cannot_be_meant_is_said() {
    let place = Place::new();
    for (arguments, said) in [
        (vec!["runs", "--filter", "lr>"], "the filter `lr>` lacks a value at its end"),
        (vec!["runs", "--filter", "lrr=1"], "no run has anything called `lrr`; did you mean `lr`?"),
        (vec!["runs", "--sort", "hiden"], "`hiden`; did you mean `hidden`?"),
        (vec!["runs", "--columns", "nothing"], "no run has anything called `nothing`"),
        (vec!["runs", "nowhere"], "there is no folder nowhere"),
        (vec!["runs", "runs/a-9/script.rhai"], "is no folder of runs"),
        (vec!["runs", "show", "runs/below"], "runs/below is no run folder"),
        (vec!["runs", "diff", "runs/a-9", "runs/x"], "runs/x is no run folder"),
        (vec!["runs", "plot", "runs/a-9", "--columns", "acc"], "no run has anything called `acc`"),
        (vec!["runs", "plot", "runs/below/c"], "have no row to draw"),
        (vec!["runs", "rm", "runs/below"], "holds no run"),
        (vec!["runs", "rm", "runs/x", "--yes"], "runs/x is not there"),
        (vec!["runs", "rm", "runs/a-9"], "--yes removes without asking"),
        (vec!["runs", "tag", "runs/a-9", "--remove", "t"], "has no tags, and no `t`"),
        (vec!["runs", "tag", "runs/a-9", " "], "a tag is a word"),
    ] {
        let (code, out, err) = place.imdbsh(&arguments);
        assert!(matches!(code, Some(1 | 2)) && out.is_empty() && err.contains(said), "{arguments:?}: {code:?} {err}");
    }
    assert_eq!(place.column("run", &[]).len(), 4, "nothing was removed");
}

#[test]
fn names_with_line_breaks_and_escape_sequences_stay_in_their_line() {
    let place = Place::new();
    let name = "d\n\u{1b}[31me";
    run(&place.path("runs").join(name), json!({ "lr": 1, "hidden": "x\n\u{1b}]0;y" }), finished(), &[0.5]);
    let table = place.said(&["runs"]);
    assert_eq!(table.lines().count(), 6, "{table}");
    assert!(!table.contains('\u{1b}') && table.contains("d \u{241b}[31me"), "{table}");
    let show = place.said(&["runs", "show", &format!("runs/{name}")]);
    assert!(!show.contains('\u{1b}'), "{show}");
    // As data they are whole.
    assert!(place.column("run", &[]).contains(&json!(format!("runs/{name}"))));
}

#[test]
fn a_run_that_is_half_deleted_is_listed_and_what_is_missing_named() {
    let place = Place::new();
    fs::remove_file(place.path("runs/a-9/config.json")).unwrap();
    fs::write(place.path("runs/a-10/metrics.jsonl"), "{\"epoch\":1,\"test_acc\":0.5}\n{\"epoch\":\n{\"epoch\":3}\n")
        .unwrap();
    fs::write(place.path("runs/below/b/status.json"), "{}").unwrap();
    let (code, out, err) = place.imdbsh(&["runs"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.matches("damaged").count(), 3, "{out}");
    for said in [
        "runs/a-9 is no run folder",
        "runs/a-10/metrics.jsonl, line 2, is damaged",
        "runs/below/b/status.json is damaged",
    ] {
        assert!(err.contains(said), "{err}");
    }
    // A line that is being written is none yet.
    fs::write(place.path("runs/a-10/metrics.jsonl"), "{\"epoch\":1,\"test_acc\":0.5}\n{\"epoch\":").unwrap();
    assert!(!place.imdbsh(&["runs"]).2.contains("a-10"));
}

#[test]
fn two_runs_are_compared() {
    let place = Place::new();
    let text = place.said(&["runs", "diff", "runs/a-9", "runs/a-10"]);
    for line in ["  lr ", "  - ", "let lr = 0.01;", "differ from epoch 2 on: test_acc 0.625 and 0.75", "best.test_acc"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    let same = place.said(&["runs", "diff", "runs/a-9", "runs/a-9"]);
    assert!(same.contains("the same to the bit") && !same.contains("script\n"), "{same}");
    let json = place.json(&["runs", "diff", "runs/a-9", "runs/a-10", "--json"]);
    assert_eq!(json["settings"]["lr"], json!({ "from": 0.001, "to": 0.01 }));
    assert_eq!(json["rows"], json!({ "epoch": 2, "column": "test_acc", "from": 0.625, "to": 0.75 }));
    assert_eq!(json["script"], json!(["-1: let lr = 0.001;", "+1: let lr = 0.01;"]));
}

#[test]
fn a_run_is_shown_drawn_tagged_and_removed() {
    let place = Place::new();
    let page = place.said(&["runs", "show", "runs/below/b"]);
    for part in ["status      failed", "lr=1e-4", "error\n  error: no\n   --> s.rhai:1", "optimizer   adam"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(place.json(&["runs", "show", "runs/a-9", "--json"])["best"]["test_acc"], 0.875);

    assert_eq!(
        place.said(&["runs", "plot", "runs/a-9", "runs/a-10", "--columns", "train_loss,test_acc"]),
        "runs.png\n"
    );
    assert!(fs::read(place.path("runs.png")).unwrap().starts_with(b"\x89PNG"));
    place.said(&["runs", "plot", "runs/a-9", "runs/a-10", "--out", "c.svg"]);
    let svg = fs::read_to_string(place.path("c.svg")).unwrap();
    assert!(svg.contains("lr=0.001") && svg.contains("lr=0.01") && svg.contains("test_acc"), "{svg}");

    assert_eq!(place.said(&["runs", "tag", "runs/a-9", "base", "x"]), "base x\n");
    assert_eq!(place.said(&["runs", "tag", "runs/a-9", "--remove", "x"]), "base\n");
    assert_eq!(place.column("run", &["--filter", "tags=base"]), [json!("runs/a-9")]);

    place.said(&["runs", "rm", "--yes", "runs/a-9", "runs/below/b"]);
    assert!(!place.path("runs/a-9").exists() && !place.path("runs/below/b").exists());
    assert_eq!(place.column("run", &[]).len(), 2);
}

#[cfg(unix)]
#[test]
fn nothing_but_the_folder_itself_is_removed() {
    let place = Place::new();
    fs::create_dir(place.path("kept")).unwrap();
    fs::write(place.path("kept/file"), "").unwrap();
    std::os::unix::fs::symlink(place.path("kept"), place.path("runs/a-9/link")).unwrap();
    std::os::unix::fs::symlink(place.path("runs/a-10"), place.path("linked")).unwrap();
    let (code, _, err) = place.imdbsh(&["runs", "rm", "--yes", "linked"]);
    assert!(code == Some(2) && err.contains("linked is no folder"), "{err}");
    place.said(&["runs", "rm", "--yes", "runs/a-9"]);
    assert!(place.path("kept/file").exists() && place.path("runs/a-10/config.json").exists());

    // One that is at work.
    let lock = fs::File::open(place.path("runs/a-10/.lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = place.imdbsh(&["runs", "rm", "--yes", "runs/a-10"]);
    assert!(code == Some(2) && err.contains("is at work"), "{err}");
}

#[test]
fn scripts_have_the_same_table() {
    let place = Place::new();
    let code = "let rows = runs::table(\"runs\", #{ filter: \"status=finished\", sort: \"-lr\" });
        print([rows.len(), rows[0].options.lr, rows[0].best.test_acc, rows[1].status]);
        print(runs::table(\"runs\", #{ columns: [\"lr\"], sort: \"lr\" })[0]);
        try { runs::table(\"runs\", #{ filter: \"lr>\" }); } catch (e) { print(e.message); }
        try { runs::table(\"runs\", #{ columns: 3 }); } catch (e) { print(e.message); }";
    let out = place.said(&["-e", code]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "[2, 0.01, 0.75, \"finished\"]");
    assert_eq!(lines[1], "#{\"lr\": 1e-10}");
    assert!(lines[2].contains("lacks a value") && lines[3].contains("`columns` takes an array of texts"), "{out}");
}

/// The time is said, not judged: `cargo test` is not built for speed.
#[test]
fn a_thousand_runs_are_listed() {
    let place = Place(TempDir::new().unwrap());
    for i in 0..1000 {
        let rows: Vec<f64> = (0..20).map(|e| 0.5 + f64::from(e) / 100.0 + f64::from(i) * 1e-5).collect();
        run(
            &place.path(&format!("runs/r-{i}")),
            json!({ "lr": f64::from(i % 7) * 1e-3, "hidden": 128 }),
            finished(),
            &rows,
        );
    }
    let start = Instant::now();
    let table = place.said(&["runs"]);
    eprintln!("1,000 runs listed in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(table.lines().count(), 1001);
    assert!(table.lines().nth(10).unwrap().starts_with("runs/r-9 "), "{table}");
}
