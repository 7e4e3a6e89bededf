//! A whole session at the prompt, in a pseudo-terminal: from the first line to the script that does it all again.
#![cfg(unix)]

use crate::common::terminal::{CTRL_D, TAB, Terminal, UP};
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";
const END: &str = "\x05";
const DOWN: &str = "\x1b[B";
const BACKSPACE: &str = "\x7f";

/// What a script prints.
fn script(folder: &Path, file: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(file).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_session_is_typed_paused_changed_forked_saved_and_done_again_with_the_same_numbers() {
    let folder = TempDir::new().unwrap();
    let mut t = Terminal::start(folder.path(), &[], 120, &[]);
    t.ready(PROMPT);
    t.run("manual_seed(3);", PROMPT);
    t.run("let x = randn([64, 4]);", PROMPT);

    // A method, completed by the type of the variable.
    t.send(&format!("let y = x.matm{TAB}"));
    t.wait_for("x.matmul(");
    t.run("ones([4])) > 0;", PROMPT);

    // Two lines, both changed before they run.
    t.line("fn layers(hidden) {");
    t.send(&format!("sequential([linear(4, hidden), linear(hidden, 2)]) }}{UP}{END}"));
    t.send(&format!("{}, p) {{{DOWN}{END}", BACKSPACE.repeat(3)));
    t.wait_on_screen("fn layers(hidden, p) {");
    t.send(&format!("{}, dropout(p), linear(hidden, 2)]) }}", BACKSPACE.repeat(", linear(hidden, 2)]) }".len())));
    t.wait_for("sequential([linear(4, hidden), dropout(p), linear(hidden, 2)]) }");
    t.run("", PROMPT);

    // A function of several lines, pasted. An epoch takes half a second.
    t.paste("fn slow(scores, labels) {\n    sleep(0.06);\n\n\n    cross_entropy(scores, labels)\n}");
    t.wait_for("cross_entropy(scores, labels)");
    t.run("", PROMPT);

    t.run("let set = dataset(x, y.to(\"int64\"));", PROMPT);
    t.run("let net = layers(8, 0.2)", PROMPT);
    t.run(
        "let o = #{ epochs: 4, batch: 8, loss: |s, l| slow(s, l), schedule: schedule::step(1, 0.5), run: false };",
        PROMPT,
    );
    t.run("let t = train::start(net, sgd(net, #{ lr: 0.1 }), #{ train: set, test: set }, o);", PROMPT);

    // Interrupted in its second epoch, looked at, changed, continued.
    t.line("t.run();");
    let paused = t.pause();
    assert!(t.run("optimizer.lr", &paused).contains("\n0.05\n"));
    assert!(t.run("s.epoch * 100 + t.history.len()", &paused).contains("\n201\n"));
    assert!(t.run("train::evaluate(net, t.data.test).rows", &paused).contains("\n64\n"));
    assert!(t.run("nonsense", &paused).contains("no variable `nonsense`"));
    fs::write(folder.path().join("more.rhai"), "o.penalty = penalty::l2(0.01);").unwrap();
    t.run(":load more.rhai", &paused);
    t.run("optimizer.lr = optimizer.lr / 2", &paused);
    t.line(":continue");
    t.wait_for("epoch 4/4");
    t.ready(PROMPT);
    let rates = t.run("t.history.column(\"lr\")", PROMPT);
    assert!(rates.contains("[0.1, 0.025, 0.0125, 0.00625]"), "{rates}");

    // Tried on a fork, and compared.
    t.run("let b = fork(t);", PROMPT);
    t.run("b.optimizer.lr = 0.5;", PROMPT);
    t.run("b.run(1);", PROMPT);
    let lengths = t.run("[t.history.len(), b.history.len()]", PROMPT);
    assert!(lengths.contains("[4, 5]"), "{lengths}");
    t.run("plot([t, b], #{ y: \"test_loss\" });", PROMPT);
    assert!(t.screen().contains("run 1") && t.screen().contains("test_loss"), "{}", t.screen());
    let numbers =
        "[fixed(t.history[-1].train_loss, 14), fixed(b.history[-1].test_loss, 14), fixed(randn([1]).item(), 14)]";
    let numbers = t.run(numbers, PROMPT).lines().rev().nth(1).unwrap().trim().to_string();

    // A training that is given up in its second epoch stands where it was left.
    t.run("let c = train::start(layers(8, 0.0), sgd(net), #{ train: set }, o);", PROMPT);
    t.line("c.run();");
    let paused = t.pause();
    t.line(":abort");
    t.wait_for("interrupted at a pause");
    t.ready(PROMPT);
    let step = t.run("c.s.step", PROMPT).lines().rev().nth(1).unwrap().trim().to_string();
    assert!(paused.contains(&format!("s{step} ")), "{paused} {step}");

    t.run(":save session.rhai", PROMPT);
    t.send(CTRL_D);
    assert!(t.end().success());
    let saved = fs::read_to_string(folder.path().join("session.rhai")).unwrap();
    let printed = script(folder.path(), "session.rhai");
    assert!(printed.contains(&format!("\n{numbers}\n{step}\n")), "{numbers} and {step} are not in\n{printed}\n{saved}");
}
