//! A progress bar, and what is written while it is shown: in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::Terminal;
use std::fs;
use tempfile::TempDir;

#[test]
fn what_is_printed_beside_a_bar_stands_in_lines_of_its_own() {
    let folder = TempDir::new().unwrap();
    let script = "let bar = progress(`steps`, 3, true);
for i in 1..=3 {
    bar.update(i, `at ${i}`);
    sleep(0.1);
    print(`line ${i}`);
}
debug(`beside it`);
bar.finish(`over`);
bar = ();
print(`end`);
";
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    let t = Terminal::start(folder.path(), &["s.rhai"], 60, &[]);
    t.wait_for("end");
    let screen = t.screen();
    let rows: Vec<&str> = screen.lines().map(str::trim).filter(|row| !row.is_empty()).collect();
    assert_eq!(rows.len(), 6, "{screen}");
    assert_eq!(rows[..3], ["line 1", "line 2", "line 3"], "{screen}");
    assert!(rows[3].contains("beside it") && !rows[3].contains("steps"), "{screen}");
    assert_eq!(rows[4..], ["over", "end"], "{screen}");
    assert!(t.end().success());
}

const WIDTHS: [u16; 4] = [20, 30, 80, 200];

/// The rows of the screen when a script has ended, in which `end` was printed last.
fn rows(script: &str, columns: u16) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    let mut t = Terminal::start(folder.path(), &["s.rhai"], columns, &[]);
    t.wait_for("the end");
    while !t.has_ended() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // What it wrote last has been read when nothing else comes.
    std::thread::sleep(std::time::Duration::from_millis(100));
    let screen = t.screen();
    assert!(t.end().success());
    screen.lines().map(|row| row.trim().to_string()).filter(|row| !row.is_empty()).collect()
}

#[test]
fn nothing_that_was_printed_is_erased_at_any_width() {
    let script = r#"
for epoch in 1..=2 {
    let bar = progress("epoch", 10, true);
    for j in 0..10 { if bar.due() { bar.update(j, "loss 0.5"); } sleep(0.05); }
    bar.finish("epoch loss 0.5");
    print("accuracy 0.8");
}
print("the end");"#;
    for columns in WIDTHS {
        let told = ["epoch loss 0.5", "accuracy 0.8", "epoch loss 0.5", "accuracy 0.8", "the end"];
        assert_eq!(rows(script, columns), told, "{columns}");
    }
}

#[test]
fn titles_and_messages_of_any_length_take_one_row() {
    let script = r#"
let bar = progress("a title\nwith 中文字 that goes on and on and on\x1b[31m", 10, true);
for j in 0..4 { bar.update(j, "a message of many words, more than fit into any row of this or of another terminal"); sleep(0.06); print(`line ${j}`); }
bar.update(99, "beyond");
bar.finish("over");
bar.update(5, "once more");
bar.finish("and over");
bar = ();
print("the end");"#;
    for columns in WIDTHS {
        let told = ["line 0", "line 1", "line 2", "line 3", "over", "and over", "the end"];
        assert_eq!(rows(script, columns), told, "{columns}");
    }
}

#[test]
fn bars_within_bars_and_one_that_is_never_finished_leave_what_was_printed() {
    let script = r#"
let outer = progress("folds", 2, true);
for fold in 0..2 {
    outer.update(fold, "");
    let inner = progress("epoch", 3, true);
    for j in 0..3 { inner.update(j, "loss"); sleep(0.06); if j == 1 { eprint(`warning ${fold}`); } }
    if fold == 0 { inner.finish("inner"); } else { outer.finish("outer first"); print("between"); inner.update(3, "late"); }
}
let left = progress("left alone", 3, true);
left.update(1, "");
sleep(0.06);
print("the end");"#;
    for columns in WIDTHS {
        let told = ["warning 0", "inner", "warning 1", "outer first", "between", "the end"];
        assert_eq!(rows(script, columns), told, "{columns}");
    }
}

#[test]
fn totals_and_positions_that_cannot_be_and_an_error_while_a_bar_is_drawn_lose_no_line() {
    let script = r#"
let zero = progress("zero", 0, true); zero.update(0, "a"); zero.update(5, "beyond"); zero.finish("zero is over");
let below = progress("below", 10, true); below.update(-3, "x"); below.finish("below is over");
let left = progress("left", 10, true); left.update(3, "half");
print("one line");
throw "an error while a bar is drawn";
"#;
    for columns in [1, 20, 30, 80, 200] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("s.rhai"), script).unwrap();
        let (status, bytes, screen) = Terminal::start(folder.path(), &["s.rhai"], columns, &[]).whole();
        assert_eq!(status.code(), Some(1), "{columns}:\n{screen}");
        for line in ["zero is over", "below is over", "one line", "an error while a bar is drawn"] {
            assert!(bytes.contains(line), "{columns}: {line}\n{screen}");
            let rows = screen.matches(line).count();
            assert!(columns == 1 || rows >= 1, "{columns}: {line} stands there {rows} times\n{screen}");
        }
        assert!(columns < 20 || !screen.contains("half"), "{columns}: the bar is left\n{screen}");
    }
}

#[test]
fn what_a_sweep_says_of_its_trials_stands_there_once_and_its_bar_goes() {
    let script = r#"
let o = options(#{ lr: 0.1, seed: 1 });
let x = linspace(-1, 1, 64).reshape([64, 1]);
let net = linear(1, 1);
print(`trial ${o.lr}`);
train::fit(net, sgd(net, #{ lr: o.lr }), #{ train: dataset(x, x * 3.0) }, #{ epochs: 2, loss: |y, t| mse(y, t) });
"#;
    for columns in WIDTHS {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("s.rhai"), script).unwrap();
        let arguments = ["sweep", "--run-dir", "sw", "--jobs", "2", "s.rhai", "lr=0.1,0.2,0.3"];
        let (status, _, screen) = Terminal::start(folder.path(), &arguments, columns, &[]).whole();
        assert!(status.success(), "{columns}:\n{screen}");
        for line in ["[1/3] ", "[2/3] ", "[3/3] ", "3 of 3 trials finished", "3 trials in sw"] {
            assert_eq!(screen.matches(line).count(), 1, "{columns}: {line}\n{screen}");
        }
        assert!(!screen.contains('━') && !screen.contains('╸'), "{columns}: the bar is left\n{screen}");
    }
}
