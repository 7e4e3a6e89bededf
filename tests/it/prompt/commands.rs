//! What a person does at the prompt beside typing code, in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::{CTRL_C, CTRL_D, ENTER, TAB, Terminal, UP};
use assert_cmd::Command;
use std::{fs, path::Path};
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";

fn prompt_in(folder: &Path, columns: u16, environment: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start(folder, &[], columns, environment);
    terminal.ready(PROMPT);
    terminal
}

/// In a folder of its own, with files in it.
fn prompt(columns: u16, files: &[(&str, &str)], environment: &[(&str, &str)]) -> (TempDir, Terminal) {
    let folder = TempDir::new().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    let terminal = prompt_in(folder.path(), columns, environment);
    (folder, terminal)
}

const SCRIPT: &str = "// A script.
let o = options(#{ lr: 0.1, n: 2 });
/// Twice as much.
fn twice(x) {
    2 * x
}
let drawn = randn([1]).item();
let result = twice(o.n);
print(`lr ${o.lr}`);
";

#[test]
fn a_script_is_run_with_options_and_leaves_its_variables() {
    let (_folder, mut t) = prompt(200, &[("s.rhai", SCRIPT)], &[]);
    t.run("let kept = 7; let result = 0;", PROMPT);
    assert!(t.run(":run s.rhai lr=0.5 n=4", PROMPT).contains("\nlr 0.5\n"));
    assert!(t.run("[kept, result, twice(5)]", PROMPT).contains("\n[7, 8, 10]\n"));
    let drawn = t.run("drawn", PROMPT).lines().nth(1).unwrap().to_string();
    t.run(":run s.rhai", PROMPT);
    assert!(t.run("drawn", PROMPT).contains(&format!("\n{drawn}\n")));
    assert!(t.run(":run s.rhai l=0.5", PROMPT).contains("unknown option `l`"));
    assert!(t.run(":run s.rhai lr", PROMPT).contains("key=value, got `lr`"));
    assert!(t.run(":run nowhere.rhai", PROMPT).contains("cannot read nowhere.rhai"));
    let source = t.run("??twice", PROMPT);
    assert!(source.contains("\ns.rhai:4\n/// Twice as much.\nfn twice(x) {\n    2 * x\n}\n"), "{source}");
}

#[test]
fn sources_are_shown_of_the_library_of_methods_and_closures_and_native_ones_are_said_to_be() {
    let (_folder, mut t) = prompt(200, &[], &[]);
    let source = t.run("??schedule::halve_every", PROMPT);
    assert!(source.contains("\nstdlib/schedule/step.rhai:") && source.contains("fn halve_every(n)"), "{source}");
    let source = t.run("??metrics::accuracy", PROMPT);
    assert!(source.contains("stdlib/metrics/") && source.contains("fn accuracy("), "{source}");
    t.run("let f = |x| x + 1;", PROMPT);
    assert!(t.run("??f", PROMPT).contains("\ninput 1:1\n|x| x + 1\n"));
    let native = t.run("??matmul", PROMPT);
    assert!(native.contains("matmul(") && native.contains("`matmul` is native"), "{native}");
    assert!(t.run("??nonsense", PROMPT).contains("nothing is called or mentions `nonsense`"));
}

#[test]
fn an_expression_is_measured_and_changes_nothing() {
    let (_folder, mut t) = prompt(200, &[], &[]);
    t.run("let n = 0; let x = randn([50, 50]);", PROMPT);
    let steady = t.run(":bench x.matmul(x).sum().item()", PROMPT);
    assert!(steady.contains("(half of all: ") && steady.contains(" runs after a first one)"), "{steady}");
    assert!(!steady.contains("not the same"), "{steady}");
    let other = t.run(":bench n += 1; n", PROMPT);
    assert!(other.contains("note: its value is not the same each time: 1 and "), "{other}");
    assert!(t.run("n", PROMPT).contains("\n0\n"));
    assert!(t.run(":bench nope()", PROMPT).contains("nope"));
    assert!(t.run(":bench", PROMPT).contains("needs something to run"));
    t.line(":bench loop { }");
    std::thread::sleep(std::time::Duration::from_millis(300));
    t.send(CTRL_C);
    t.wait_for("interrupted");
    t.ready(PROMPT);
}

#[test]
fn what_was_typed_is_listed_and_found() {
    let (folder, mut t) = prompt(100, &[], &[]);
    t.run("let alpha = 1;", PROMPT);
    t.run("let beta = 2;", PROMPT);
    let all = t.run(":history", PROMPT);
    assert!(all.contains("1  let alpha = 1;\n2  let beta = 2;\n"), "{all}");
    let found = t.run(":history ALPHA", PROMPT);
    assert!(found.contains("\n1  let alpha = 1;\n") && !found.contains("beta"), "{found}");
    assert!(t.run(":history gamma", PROMPT).contains("nothing that was typed contains `gamma`"));
    t.send(CTRL_D);
    assert!(t.end().success());
    let mut t = prompt_in(folder.path(), 100, &[]);
    t.send("\x12alph");
    t.wait_for("let alpha = 1;");
    t.send(ENTER);
    t.ready(PROMPT);
    assert!(t.run("alpha", PROMPT).contains("\n1\n"));
}

#[test]
fn other_programs_run_at_the_prompt_alone_and_the_terminal_comes_back() {
    let (folder, mut t) = prompt(100, &[("plain.txt", "")], &[]);
    assert!(t.run("!ls", PROMPT).contains("\nplain.txt"));
    assert!(t.run("! false", PROMPT).contains("ended with exit status: 1"));
    t.run("let done = false;", PROMPT);
    assert!(t.run("!done", PROMPT).contains("\ntrue\n"));
    // A program that leaves the terminal without echo, lines and cursor, and on its second screen.
    t.run("!stty -echo raw; printf '\\033[?25l\\033[?1000h'; kill -9 $$", PROMPT);
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"), "{}", t.screen());
    assert!(t.bytes().contains("\x1b[?25h") && t.bytes().contains("\x1b[?1000l"));
    let modes = t.run("!stty -a", PROMPT);
    assert!(modes.contains(" icanon ") && modes.contains(" echo "), "{modes}");
    // Ctrl-C is the other program's, however often.
    t.line("!sleep 100; echo over");
    std::thread::sleep(std::time::Duration::from_millis(300));
    t.send(CTRL_C);
    t.send(CTRL_C);
    t.ready(PROMPT);
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"), "{}", t.screen());

    for (arguments, input) in [(&[][..], "print(1);\n!touch made\n"), (&["-e", "!touch made"][..], "")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        let output = command.args(arguments).current_dir(&folder).write_stdin(input).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("scripts and pipes start none"), "{said}");
    }
    assert!(!folder.path().join("made").exists());
}

#[test]
fn what_is_longer_than_the_window_goes_to_the_pager_which_may_end_early() {
    let (folder, mut t) = prompt(100, &[], &[("PAGER", "head -n 3")]);
    let shown = t.run(":doc", PROMPT);
    assert!(shown.lines().count() < 8, "{shown}");
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
    assert!(t.run(":set pager off", PROMPT).lines().count() < 4);
    t.line(":doc");
    t.wait_for("zeros_like");
    t.ready(PROMPT);
    // Kept for the next session.
    let mut t = prompt_in(folder.path(), 100, &[("PAGER", "head -n 3")]);
    assert!(t.run(":set", PROMPT).contains("pager     off"));
    assert!(t.run(":set pager perhaps", PROMPT).contains("`pager` is on or off"));
    t.run(":set pager on", PROMPT);
    let mut t = prompt_in(folder.path(), 100, &[("PAGER", "no-such-pager")]);
    t.line(":doc");
    t.wait_for("zeros_like");
    let mut t = prompt_in(folder.path(), 100, &[("PAGER", "head -n 3"), ("TERM", "dumb")]);
    t.line(":doc");
    t.wait_for("zeros_like");
}

#[test]
fn keys_are_those_of_vi_where_that_is_set() {
    let (_folder, mut t) = prompt(100, &[], &[]);
    t.run(":set keys vi", PROMPT);
    t.send("40 + 3");
    // Escape, the last character replaced.
    t.send("\x1b");
    std::thread::sleep(std::time::Duration::from_millis(700));
    t.send("r2");
    t.wait_for("40 + 2");
    t.send(ENTER);
    t.wait_for("42");
    t.ready(PROMPT);
    t.run(":set keys emacs", PROMPT);
    t.send("4 + 1\x01");
    t.send("1");
    t.wait_for("14 + 1");
}

#[test]
fn lines_are_indented_and_what_is_begun_is_left_with_ctrl_d() {
    let (_folder, mut t) = prompt(40, &[], &[]);
    t.line("fn f(x) {");
    t.line("if x {");
    t.line("1");
    // Backspace goes back a step.
    t.line("\x7f} else { 2 }");
    t.send("\x7f}");
    t.wait_on_screen("imdbsh> fn f(x) {\n    if x {\n        1\n    } else { 2 }\n}");
    t.run("", PROMPT);
    assert!(t.run("f(true)", PROMPT).contains("\n1\n"));

    t.run("let kept = 5;", PROMPT);
    t.line("for i in 0..3 {");
    t.send("begun(i);");
    t.send(CTRL_D);
    t.wait_for("left; the key");
    t.ready(PROMPT);
    assert!(t.run("kept", PROMPT).contains("\n5\n"));
    t.send(UP);
    t.send(UP);
    t.wait_for("begun(i);");
    t.send(CTRL_C);
    t.wait_for("Ctrl-C again");
    t.ready(PROMPT);

    let (_folder, mut t) = prompt(40, &[], &[("TERM", "dumb")]);
    t.line("let kept = 5;");
    t.line("[1,");
    t.send(CTRL_D);
    t.wait_for("(left;");
    t.line("kept + 4000");
    t.wait_for("4005");
    t.line("");
    t.send(CTRL_D);
    assert!(t.end().success());
}

#[test]
fn a_line_of_a_million_characters_is_taken() {
    let (_folder, mut t) = prompt(200, &[], &[]);
    t.paste(&format!("let long = \"{}\"; long.len()", "x".repeat(1_000_000)));
    t.send(ENTER);
    // The screen is full, and scrolls from here on.
    t.wait_on_screen("1000000");
    t.line("long.len() + 7");
    t.wait_on_screen("1000007");
}

#[test]
fn behind_a_script_the_prompt_has_its_variables_also_where_it_fails() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
    let mut t = Terminal::start(folder.path(), &["-i", "s.rhai", "n=3"], 100, &[]);
    t.ready(PROMPT);
    assert!(t.screen().contains("lr 0.1"));
    assert!(t.run("[result, twice(10)]", PROMPT).contains("\n[6, 20]\n"));
    t.run("let more = 1", PROMPT);
    t.run(":save all.rhai", PROMPT);
    t.send(CTRL_D);
    assert!(t.end().success());
    let saved = fs::read_to_string(folder.path().join("all.rhai")).unwrap();
    assert!(saved.contains(SCRIPT) && saved.contains("print([result, twice(10)]);\nlet more = 1;\n"), "{saved}");

    fs::write(folder.path().join("bad.rhai"), "let early = 41;\nthrow \"no\";\nlet late = 1;\n").unwrap();
    let mut t = Terminal::start(folder.path(), &["-i", "bad.rhai"], 100, &[]);
    t.ready(PROMPT);
    assert!(t.screen().contains("bad.rhai:2:1"), "{}", t.screen());
    assert!(t.run("early + 1", PROMPT).contains("\n42\n"));
    t.send(CTRL_D);
    assert!(t.end().success());

    // What is sure to fail is told before any of it runs.
    fs::write(folder.path().join("typo.rhai"), "let early = 41;\nprnt(early);\n").unwrap();
    let mut t = Terminal::start(folder.path(), &["-i", "typo.rhai"], 100, &[]);
    t.ready(PROMPT);
    assert!(
        t.screen().contains("typo.rhai:2:1") && t.screen().contains("nothing of typo.rhai has run"),
        "{}",
        t.screen()
    );
    assert!(t.run("early", PROMPT).contains("no variable `early`"));
    t.send(CTRL_D);
    assert!(t.end().success());

    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.args(["-i", "bad.rhai"]).current_dir(&folder).write_stdin("").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no terminal to ask at"));
}

#[test]
fn texts_methods_and_elements_are_completed() {
    let (_folder, mut t) = prompt(100, &[], &[]);
    t.send(&format!("lstm(1, 2, #{{ readout: \"me{TAB}"));
    t.wait_for("readout: \"mean\"");
    t.send(CTRL_C);
    t.wait_for("Ctrl-C again");
    t.ready(PROMPT);
    t.run("let rows = [#{ learning_rate: 0.1 }]; let h = history(); h.push(#{ epoch: 1, test_loss: 0.5 });", PROMPT);
    t.send(&format!("rows[0].learn{TAB}"));
    t.wait_for("rows[0].learning_rate");
    assert!(t.run("", PROMPT).contains("\n0.1\n"));
    t.send(&format!("h.column(\"te{TAB}"));
    t.wait_for("h.column(\"test_loss\"");
    assert!(t.run(")", PROMPT).contains("\n[0.5]\n"));
    t.run("fn Tensor.doubled_up() { this * 2 }", PROMPT);
    t.run("let x = ones([1]);", PROMPT);
    t.send(&format!("x.doubled_{TAB}"));
    t.wait_for("x.doubled_up(");
    assert!(t.run(").item()", PROMPT).contains("\n2.0\n"));
}
