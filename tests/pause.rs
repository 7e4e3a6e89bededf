//! A training is stopped in the middle, looked at, changed, and goes on: in a pseudo-terminal.
#![cfg(unix)]

#[allow(dead_code, reason = "other tests type more")]
mod terminal;

use std::{fs, path::Path, process::Command};
use tempfile::TempDir;
use terminal::{CTRL_C, CTRL_D, Terminal};

const PROMPT: &str = "imdbsh>";
/// What stands in front of a line at a pause, whatever the step.
const PAUSED: &str = "paused e2 s";

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

/// The prompt in front of the cursor, `paused e2 s11 >`.
fn paused(t: &Terminal) -> String {
    t.wait_for(PAUSED);
    let screen = t.screen();
    let at = screen.rfind(PAUSED).unwrap();
    screen[at..].lines().next().unwrap().trim().to_string()
}

#[test]
fn a_training_is_interrupted_changed_continued_forked_and_done_again_by_the_saved_session() {
    let folder = TempDir::new().unwrap();
    let mut t = Terminal::start(folder.path(), &[], 120, &[]);
    t.ready(PROMPT);
    for line in SETTING.trim().lines() {
        t.run(line, PROMPT);
    }
    t.run("let t = train::start(net, sgd(net, #{ lr: 0.1 }), data, o);", PROMPT);
    t.line("t.run();");
    t.wait_for("epoch 1/4  lr 0.1");
    std::thread::sleep(std::time::Duration::from_millis(200));
    t.send(CTRL_C);
    let prompt = paused(&t);
    t.ready(&prompt);
    assert!(t.run("optimizer.lr", &prompt).contains("\n0.05\n"));
    assert!(t.run("s.epoch * 100 + t.history.len()", &prompt).contains("\n201\n"));
    assert!(t.run("train::evaluate(net, t.data.test).rows", &prompt).contains("\n64\n"));
    assert!(t.run("nonsense", &prompt).contains("no variable `nonsense`"));
    t.run("optimizer.lr = optimizer.lr / 2", &prompt);
    t.line(":continue");
    t.wait_for("epoch 4/4");
    t.ready(PROMPT);

    let rates = t.run("t.history.column(\"lr\")", PROMPT);
    assert!(rates.contains("[0.1, 0.025, 0.0125, 0.00625]"), "{rates}");
    t.run("let b = fork(t);", PROMPT);
    t.run("b.o.penalty = penalty::l2(0.1);", PROMPT);
    t.run("b.run(1);", PROMPT);
    let lengths = t.run("[t.history.len(), b.history.len()]", PROMPT);
    assert!(lengths.contains("[4, 5]"), "{lengths}");
    let shown = t.run("fixed(t.history[-1].train_loss, 12) + \" \" + fixed(b.history[-1].test_loss, 12)", PROMPT);
    let shown = shown.lines().nth(1).unwrap().trim().trim_matches('"').to_string();
    t.run("plot([t, b], #{ y: \"test_loss\" });", PROMPT);
    assert!(t.screen().contains("run 1") && t.screen().contains("test_loss"), "{}", t.screen());
    t.run(":save session.rhai", PROMPT);
    t.send(CTRL_D);
    assert!(t.end().success());

    let saved = fs::read_to_string(folder.path().join("session.rhai")).unwrap();
    let (code, out, err) = script(folder.path(), "session.rhai");
    assert_eq!(code, Some(0), "{err}\n{saved}");
    assert!(out.contains(&shown), "`{shown}` is not in\n{out}\n{saved}");
}

fn script(folder: &Path, file: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(file).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_file_that_is_run_on_a_terminal_pauses_too() {
    let folder = TempDir::new().unwrap();
    let text =
        format!("{SETTING}let result = train::fit(net, adam(net), data, o);\nprint(`epochs ${{result.epochs}}`);\n");
    fs::write(folder.path().join("s.rhai"), text).unwrap();
    let paused_run = || {
        let mut t = Terminal::start(folder.path(), &["s.rhai"], 100, &[]);
        t.wait_for("epoch 1/4  lr");
        std::thread::sleep(std::time::Duration::from_millis(200));
        t.send(CTRL_C);
        let prompt = paused(&t);
        t.ready(&prompt);
        (t, prompt)
    };
    let (mut t, _) = paused_run();
    t.line(":stop");
    t.wait_for("epochs 1");
    assert!(t.end().success());

    let (mut t, prompt) = paused_run();
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
    let text = SETTING.to_string()
        + "let result = train::fit(net, adam(net), data, o);\nprint(`loss ${fixed(result.history[-1].test_loss, 14)}`);\n";
    fs::write(folder.path().join("s.rhai"), text).unwrap();
    let (_, whole, _) = script(folder.path(), "s.rhai");
    let mut t = Terminal::start(folder.path(), &["s.rhai"], 100, &[]);
    t.wait_for("epoch 1/4  lr");
    std::thread::sleep(std::time::Duration::from_millis(200));
    t.send(CTRL_C);
    let prompt = paused(&t);
    t.ready(&prompt);
    t.run("randn([3]); net.forward(batch); net.eval();", &prompt);
    t.send(CTRL_D);
    t.wait_for(whole.trim());
    assert!(t.end().success());
}
