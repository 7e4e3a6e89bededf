//! A training is stopped in the middle, looked at, changed, and goes on: in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::{CTRL_C, CTRL_D, Terminal};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// Four epochs of eight steps, of 60 ms each.
const SETTING: &str = r#"
manual_seed(3);
let x = randn([64, 4]);
let y = (x.sum(1) > 0).to("int64");
let data = #{ train: dataset(x, y), test: dataset(x, y) };
let net = sequential([linear(4, 8), tanh(), dropout(0.2), linear(8, 2)]);
let slow = |scores, labels| { sleep(0.06); cross_entropy(scores, labels) };
let o = #{ epochs: 4, batch: 8, loss: slow, schedule: schedule::step(1, 0.5), run: false };
"#;

fn script(folder: &Path, file: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(file).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The training with what comes behind it, paused in its second epoch, and the prompt there.
fn paused(folder: &Path, behind: &str) -> (Terminal, String) {
    fs::write(folder.join("s.rhai"), format!("{SETTING}{behind}")).unwrap();
    let mut t = Terminal::start(folder, &["s.rhai"], 100, &[]);
    let prompt = t.pause();
    (t, prompt)
}

#[test]
fn a_file_that_is_run_on_a_terminal_pauses_too() {
    let folder = TempDir::new().unwrap();
    let behind = "let result = train::fit(net, adam(net), data, o);\nprint(`epochs ${result.epochs}`);\n";
    let (mut t, _) = paused(folder.path(), behind);
    t.line(":stop");
    t.wait_for("epochs 1");
    assert!(t.end().success());

    let (mut t, prompt) = paused(folder.path(), behind);
    // What is computed at a pause is stopped by Ctrl-C like anything else, and the training is still there.
    t.line("loop { }");
    std::thread::sleep(std::time::Duration::from_millis(200));
    t.send(CTRL_C);
    t.wait_for("interrupted");
    t.ready(&prompt);
    t.line(":abort");
    t.wait_for("interrupted at a pause");
    assert_eq!(t.end().code(), Some(130));
}

#[test]
fn a_pause_that_changes_nothing_leaves_no_trace_in_the_numbers() {
    let folder = TempDir::new().unwrap();
    let behind = "let result = train::fit(net, adam(net), data, o);\nprint(`loss ${fixed(result.history[-1].test_loss, 14)}`);\n";
    let (mut t, prompt) = paused(folder.path(), behind);
    t.run("randn([3]); net.forward(batch); net.eval();", &prompt);
    t.send(CTRL_D);
    let (_, whole, _) = script(folder.path(), "s.rhai");
    t.wait_for(whole.trim());
    assert!(t.end().success());
}
