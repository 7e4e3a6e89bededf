//! `pause` as a breakpoint, what is in reach at a pause, and the place where a script has failed: in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::{CTRL_D, Terminal};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// Four epochs of eight steps, of 60 ms each.
const TRAINING: &str = r#"
manual_seed(3);
let x = randn([64, 4]);
let y = (x.sum(1) > 0).to("int64");
let reviews = #{ train: dataset(x, y), test: dataset(x, y) };
let net = sequential([linear(4, 8), tanh(), linear(8, 2)]);
let factor = 1.0;
let options_of_mine = #{ l2: 0.1 };
let slow = |scores, labels| { sleep(0.06); cross_entropy(scores, labels) * factor };
let o = #{ epochs: 4, batch: 8, loss: slow, run: false };
let result = train::fit(net, adam(net), reviews, o);
print(`factor ${factor} rows ${reviews.test.len()} epochs ${result.epochs}`);
"#;

fn start(folder: &Path, arguments: &[&str], text: &str, columns: u16) -> Terminal {
    fs::write(folder.join("s.rhai"), text).unwrap();
    Terminal::start(folder, arguments, columns, &[])
}

fn output(folder: &Path, file: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(file).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const BREAKPOINTS: &str = "let total = 0;
let name = \"before\";
fn add(n) {
    let half = n / 2;
    pause;
    half + 1
}
for i in [10, 20, 30] {
    total += add(i);
}
print(`${name} ${total}`);
";

#[test]
fn a_pause_in_any_script_is_a_breakpoint_with_the_variables_of_all_callers() {
    let folder = TempDir::new().unwrap();
    for columns in [200, 40] {
        let mut t = start(folder.path(), &["s.rhai"], BREAKPOINTS, columns);
        let prompt = "paused in add in s.rhai >";
        t.ready(prompt);
        assert!(t.run("[n, half, i, total, name]", prompt).contains("[10, 5, 10, 0, \"before\"]"));
        if columns == 200 {
            let variables = t.run(":vars", prompt);
            let of = |name: &str| variables.lines().find(|line| line.starts_with(name)).unwrap_or("").to_string();
            assert!(of("total").ends_with("of s.rhai") && of("name").ends_with("of s.rhai"), "{variables}");
            assert!(!of("half").contains(" of "), "{variables}");
        }
        t.run("half = 100; name = \"after\"; total += 1000", prompt);
        t.line(":continue");
        t.ready(prompt);
        assert!(t.run("total", prompt).contains("\n1101\n"), "{}", t.screen());
        t.line(":ignore");
        t.wait_for("after 1128");
        assert!(t.end().success());
    }

    let mut t = start(folder.path(), &["s.rhai"], BREAKPOINTS, 100);
    t.ready("paused in add in s.rhai >");
    t.line(":abort");
    t.wait_for("interrupted");
    assert_eq!(t.end().code(), Some(130));

    let mut t = Terminal::start(folder.path(), &["s.rhai"], 100, &[("TERM", "dumb")]);
    t.ready("paused in add in s.rhai >");
    t.line("total + 4000");
    t.wait_for("4000");
    t.line(":ignore");
    t.wait_for("before 33");
    assert!(t.end().success());

    // Without a terminal it goes on, and says so once.
    let (code, out, said) = output(folder.path(), "s.rhai");
    assert_eq!((code, out.as_str()), (Some(0), "before 33\n"), "{said}");
    assert_eq!(said, "note: s.rhai has a `pause`, and there is no terminal to ask at: it goes on\n");
}

#[test]
fn what_is_set_at_a_pause_while_a_function_of_rust_is_at_work_on_it_breaks_nothing() {
    let folder = TempDir::new().unwrap();
    let text = "let list = [3, 1, 2];
let seen = 0;
list.for_each(|x| { seen += x; if x == 1 { pause; } });
print(`${seen} ${list}`);
let other = [3, 1, 2];
other.sort(|a, b| { if a == 1 { pause; } a - b });
print(`sorted ${other}`);
";
    let mut t = start(folder.path(), &["s.rhai"], text, 100);
    let prompt = "paused in a closure in s.rhai >";
    t.ready(prompt);
    t.run("list = \"something else\";", prompt);
    t.line(":continue");
    t.wait_for("6 something else");
    t.ready(prompt);
    // What is only looked at is sorted all the same.
    t.run("seen", prompt);
    t.line(":ignore");
    t.wait_for("sorted [1, 2, 3]");
    assert!(t.end().success());
}

#[test]
fn at_a_pause_of_a_training_the_scripts_variables_are_in_reach_and_what_has_no_effect_is_said() {
    let folder = TempDir::new().unwrap();
    let mut t = start(folder.path(), &["s.rhai"], TRAINING, 200);
    let prompt = t.pause();
    assert!(t.run("[reviews.test.len(), factor, batch.len()]", &prompt).contains("[64, 1.0, 8]"));
    let variables = t.run(":vars", &prompt);
    let of = |name: &str| variables.lines().find(|line| line.starts_with(name)).unwrap_or("").to_string();
    assert!(of("reviews").ends_with("of s.rhai"), "{variables}");
    assert!(of("epochs").ends_with("of run in stdlib/train.rhai"), "{variables}");
    assert!(!of("optimizer").contains(" of "), "{variables}");
    let batch = t.run("o.batch = 32", &prompt);
    assert!(batch.contains("`o.batch` has no effect any more") && batch.contains("resume RUN batch=…"), "{batch}");
    assert!(t.run("o.l2 = 0.3", &prompt).contains("has none called `l2`: nothing reads it"));
    assert!(!t.run("o.clip = 1.0", &prompt).contains("note:"));
    // A captured variable: the closure that has it sees the new value.
    t.run("factor = 0.5; reviews.test = reviews.test.rows([0, 1, 2]);", &prompt);
    t.run(":save all.rhai", &prompt);
    let saved = fs::read_to_string(folder.path().join("all.rhai")).unwrap();
    assert!(saved.contains("\npause_at(") && saved.contains("\"o.clip = 1.0\""), "{saved}");
    assert!(saved.contains("let result = train::fit(net, adam(net), reviews, o);"), "{saved}");
    t.line(":continue");
    t.wait_for("factor 0.5 rows 3 epochs 4");
    assert!(t.end().success());

    let (code, out, said) = output(folder.path(), "all.rhai");
    assert_eq!((code, out.trim()), (Some(0), "[64, 1.0, 8]\nfactor 0.5 rows 3 epochs 4"), "{said}");

    fs::write(folder.path().join("bad.rhai"), saved.replace("\"o.clip = 1.0\"", "\"!touch made\"")).unwrap();
    let (code, _, said) = output(folder.path(), "bad.rhai");
    assert_eq!(code, Some(1));
    assert!(said.contains("what is planned starts none") && !folder.path().join("made").exists(), "{said}");
}

#[test]
fn a_pause_in_a_hook_of_a_training_is_a_breakpoint() {
    let folder = TempDir::new().unwrap();
    let text = TRAINING.replace("run: false }", "run: false, progress: false, on_epoch: |t, row| { pause; } }");
    let mut t = start(folder.path(), &["s.rhai"], &text, 100);
    t.wait_for("paused e1 s");
    let screen = t.screen();
    let at = screen.rfind("paused e1 s").unwrap();
    let prompt = screen[at..].lines().next().unwrap().trim().to_string();
    assert!(t.run("row.epoch", &prompt).contains("\n1\n"));
    t.line(":stop");
    t.wait_for("epochs");
    let (code, out, said) = output(folder.path(), "s.rhai");
    assert_eq!((code, out.trim()), (Some(0), "factor 1.0 rows 64 epochs 4"), "{said}");
}

const FAILS: &str = "let data = [1, 2, 3];
fn inner(a) {
    let b = a + 1;
    for (x, i) in [7, 8] {
        let c = x * 2;
        if i == 1 { throw `nonsense`; }
    }
}
fn outer(n) { let m = n * 2; inner(m); }
let other = 5;
outer(other);
";

#[test]
fn where_a_script_fails_its_variables_and_those_of_its_callers_are_in_reach() {
    let folder = TempDir::new().unwrap();
    for columns in [200, 40] {
        let mut t = start(folder.path(), &["-i", "s.rhai"], FAILS, columns);
        let prompt = "failed in inner in s.rhai >";
        t.ready(prompt);
        assert!(t.screen().contains("nonsense"), "{}", t.screen());
        let values = t.run("[a, b, x, i, c, n, m, other, data.len()]", prompt);
        assert!(values.contains("[10, 11, 8, 1, 16, 5, 10, 5, 3]"), "{values}");
        if columns == 200 {
            let variables = t.run(":vars", prompt);
            let of = |name: &str| variables.lines().find(|line| line.starts_with(name)).unwrap_or("").to_string();
            assert!(
                of("c ").ends_with("of inner in s.rhai") && of("m ").ends_with("of outer in s.rhai"),
                "{variables}"
            );
            assert!(!of("data").contains(" of "), "{variables}");
        }
        assert!(t.run("inner(0)", prompt).contains("nonsense"));
        t.run("data.push(4);", prompt);
        t.send(CTRL_D);
        t.ready("imdbsh>");
        assert!(t.run("data.len() + 100", "imdbsh>").contains("\n104\n"));
        assert!(t.run("m", "imdbsh>").contains("no variable `m`"));
        t.send(CTRL_D);
        assert!(t.end().success());
    }
}
