//! `--watch`: functions that are edited while a training runs hold from its next epoch on.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

/// Epochs of a quarter of a second. The rate is a closure's, which captures a variable and calls a function.
const SCRIPT: &str = r#"
fn factor() { 1.0 }
let x = randn([8, 2]);
let set = dataset(x, (x.sum(1) > 0).to("int64"));
let net = linear(2, 2);
let base = 0.5;
train::fit(net, sgd(net, #{ lr: 0.1 }), #{ train: set, test: set }, #{
    epochs: 400, batch: 4, penalty: penalty::l2(0.0),
    schedule: |s| base * factor(),
    stop: |s| { sleep(0.25); path_exists("enough") },
});
"#;

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    said: Vec<String>,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
            .current_dir(folder)
            .env_remove("IMDBSH_PATH")
            .args(["--threads", "1", "--watch", "--run-dir", "run", "s.rhai"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, lines, said: Vec::new() }
    }

    /// Reads on until a line holds `part`, and one more epoch.
    #[track_caller]
    fn until(&mut self, part: &str) {
        let found = self.lines.by_ref().map(Result::unwrap).find(|line| {
            self.said.push(line.clone());
            line.contains(part)
        });
        assert!(found.is_some(), "`{part}` is not in\n{}", self.said.join("\n"));
    }

    fn end(mut self, folder: &Path) -> Vec<serde_json::Value> {
        fs::write(folder.join("enough"), "").unwrap();
        self.said.extend(self.lines.map(Result::unwrap));
        assert!(self.child.wait().unwrap().success(), "{}", self.said.join("\n"));
        let text = fs::read_to_string(folder.join("run/metrics.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn edited_functions_hold_from_the_next_epoch_on_and_a_broken_file_is_ignored() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("s.rhai");
    fs::write(&script, SCRIPT).unwrap();
    let mut run = Running::start(folder.path());
    run.until("epoch 1/400  lr 0.5");

    // A function that the closure calls; then the closure itself, some lines further down.
    fs::write(&script, SCRIPT.replace("{ 1.0 }", "{ 0.5 }")).unwrap();
    run.until("s.rhai has changed: its functions are new from epoch ");
    run.until("lr 0.25");
    let second =
        SCRIPT.replace("fn factor", "\n// a note\nfn factor").replace("base * factor()", "base * factor() * 3.0");
    fs::write(&script, &second).unwrap();
    run.until("lr 1.5");

    fs::write(&script, second.replace("* 3.0,", "* * 3.0,")).unwrap();
    run.until("syntax error");
    run.until("what was there before stays in force");
    run.until("lr 1.5");
    fs::write(&script, second.replace("* 3.0", "* 4.0")).unwrap();
    run.until("lr 2 ");

    let rows = run.end(folder.path());
    let rates: Vec<f64> = rows.iter().map(|row| row["lr"].as_f64().unwrap()).collect();
    let mut distinct = rates.clone();
    distinct.dedup();
    assert_eq!(distinct, [0.5, 0.25, 1.5, 2.0]);

    let changes = fs::read_to_string(folder.path().join("run/changes.jsonl")).unwrap();
    let changes: Vec<serde_json::Value> = changes.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(changes.len(), 3, "{changes:?}");
    for (change, lr) in changes.iter().zip([0.25, 1.5, 2.0]) {
        let epoch = change["epoch"].as_u64().unwrap() as usize;
        assert_eq!((change["file"].as_str(), rates[epoch - 1]), (Some("s.rhai"), lr));
        assert!(folder.path().join("run").join(change["copy"].as_str().unwrap()).is_file());
    }
}

#[test]
fn a_file_that_an_editor_has_emptied_and_not_yet_written_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("s.rhai");
    fs::write(&script, SCRIPT).unwrap();
    let mut run = Running::start(folder.path());
    run.until("epoch 1/400  lr 0.5");
    // An epoch looks in one of these moments.
    for _ in 0..8 {
        fs::write(&script, "").unwrap();
        sleep(Duration::from_millis(100));
        fs::write(&script, SCRIPT.replace("{ 1.0 }", "{ 0.5 }")).unwrap();
        sleep(Duration::from_millis(50));
    }
    run.until("lr 0.25");
    // The same text is written again and again, and found empty in between: that is no change.
    for _ in 0..12 {
        fs::write(&script, "").unwrap();
        sleep(Duration::from_millis(40));
        fs::write(&script, SCRIPT.replace("{ 1.0 }", "{ 0.5 }")).unwrap();
        sleep(Duration::from_millis(60));
    }
    run.end(folder.path());
    let changes = fs::read_to_string(folder.path().join("run/changes.jsonl")).unwrap();
    assert_eq!(changes.lines().count(), 1, "{changes}");
}

#[test]
fn a_script_with_its_interpreter_in_the_first_line_has_not_changed() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), format!("#!/usr/bin/env imdbsh\n{SCRIPT}")).unwrap();
    let mut run = Running::start(folder.path());
    run.until("epoch 2/400");
    run.end(folder.path());
    assert!(!folder.path().join("run/changes.jsonl").exists());
}

#[test]
fn the_standard_librarys_own_loop_can_be_edited_while_it_runs() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
    fs::create_dir(folder.path().join("stdlib")).unwrap();
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
    let copy = |name: &str, edit: &dyn Fn(String) -> String| {
        let text = fs::read_to_string(library.join(name)).unwrap();
        fs::write(folder.path().join("stdlib").join(name), edit(text)).unwrap();
    };
    for name in ["train.rhai", "penalty.rhai"] {
        copy(name, &|text| text);
    }
    let mut run = Running::start(folder.path());
    run.until("epoch 1/400  lr 0.5");
    // What the loop will call is there first: an epoch may begin between the two.
    copy("penalty.rhai", &|text| text + "\nfn note() { 7 }\n");
    copy("train.rhai", &|text| {
        text.replace("s.history.push(row);", "row.note = penalty::note();\n    s.history.push(row);")
    });
    run.until("train.rhai has changed");
    run.until("epoch ");
    let rows = run.end(folder.path());
    assert!(rows[0].get("note").is_none() && rows.last().unwrap()["note"] == 7, "{rows:?}");
}

#[test]
fn a_file_of_a_modules_folder_can_be_edited_while_it_runs() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
    fs::create_dir_all(folder.path().join("stdlib/train")).unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib/train/rows.rhai")).unwrap();
    let write = |text: &str| fs::write(folder.path().join("stdlib/train/rows.rhai"), text).unwrap();
    write(&text);
    let mut run = Running::start(folder.path());
    run.until("epoch 1/400  lr 0.5");
    write(&text.replace("  lr ${short(row.lr)}", "  rate ${short(row.lr)}"));
    run.until("rows.rhai has changed");
    run.until("  rate 0.5");
    run.end(folder.path());
}

#[test]
fn files_that_are_imported_can_be_edited_while_they_run() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("s.rhai", &format!("import \"rates\" as rates;\n{}", SCRIPT.replace("base * factor()", "rates::now()")));
    write("rates.rhai", "import \"base\" as base;\nfn now() { base::rate() }\n");
    write("base.rhai", "fn rate() { 0.5 }");
    let mut run = Running::start(folder.path());
    run.until("epoch 1/400  lr 0.5");
    write("base.rhai", "fn rate() { 0.25 }");
    run.until("base.rhai has changed");
    run.until("lr 0.25");
    write("rates.rhai", "import \"base\" as base;\nfn now() { base::rate( }\n");
    run.until("syntax error");
    run.until("lr 0.25");
    write("rates.rhai", "import \"base\" as base;\nfn now() { base::rate() * 8.0 }\n");
    run.until("lr 2 ");
    run.end(folder.path());
}
