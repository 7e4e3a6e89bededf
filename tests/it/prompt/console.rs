//! The prompt, in a pseudo-terminal and from a pipe.
#![cfg(unix)]

use crate::common::terminal::{CTRL_C, CTRL_D, ENTER, TAB, Terminal, UP};
use assert_cmd::Command;
use std::{fs, path::Path};
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";

/// The prompt, ready, in a folder.
fn prompt(folder: &Path, environment: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start(folder, &[], 100, environment);
    terminal.ready(PROMPT);
    terminal
}

/// What `imdbsh FILE` prints.
fn run_script(folder: &Path, file: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(file).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code and both outputs for an input from a pipe.
fn pipe(input: &str) -> (i32, String, String) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.current_dir(&folder).write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn a_session_is_typed_completed_pasted_interrupted_saved_and_run_again() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.run("let w = randn([2, 3]);", PROMPT);

    // A method, completed by the type of the variable.
    t.send(&format!("w.matm{TAB}"));
    t.wait_for("w.matmul(");
    let shown = t.run("ones([3, 1])).shape", PROMPT);
    assert!(shown.contains("\n[2, 1]\n"), "{shown}");

    // Two lines, the first of which is changed before they run.
    t.line("fn scaled(x) {");
    t.send(&format!("x * 3 }}{UP}"));
    t.send("\x05\x08\x08\x08, f) {");
    t.wait_on_screen("fn scaled(x, f) {");
    t.send("\x1b[B\x05\x08\x08\x08f }");
    t.wait_for("x * f }");
    t.run("", PROMPT);

    // A paste is one input.
    t.paste("fn total(x) {\n    let y = scaled(x, 2.0);\n\n\n    y.sum().item()\n}");
    t.wait_for("y.sum().item()");
    t.run("", PROMPT);
    let total = t.run("total(w)", PROMPT);
    let total = total.lines().nth(1).unwrap().to_string();
    let doubled = t.run("_ * 2.0", PROMPT).lines().nth(1).unwrap().to_string();
    assert_eq!(doubled.parse::<f64>().unwrap(), total.parse::<f64>().unwrap() * 2.0);

    // A loop is stopped, and what it did is kept.
    t.line("let n = 0; loop { n += 1; }");
    std::thread::sleep(std::time::Duration::from_millis(300));
    t.send(CTRL_C);
    t.wait_for("interrupted");
    t.ready(PROMPT);
    assert!(t.run("n > 1000", PROMPT).contains("\ntrue\n"));

    let failed = t.run("let b = w.matmul(w)", PROMPT);
    assert!(failed.contains("matmul of [2, 3] float32 and [2, 3] float32"), "{failed}");
    assert!(failed.contains("input 9:1:11"), "{failed}");
    t.run("let n = randn([1]).item();", PROMPT);
    let last = t.run("n", PROMPT).lines().nth(1).unwrap().to_string();
    t.run(":save session.rhai", PROMPT);
    t.send(CTRL_D);
    assert!(t.end().success());

    // The saved session prints the same; of the loop that was stopped it has what it left.
    let saved = fs::read_to_string(folder.path().join("session.rhai")).unwrap();
    assert!(saved.contains("// let n = 0; loop { n += 1; }"), "{saved}");
    assert!(saved.contains("\n// failed: matmul of [2, 3] float32 and [2, 3] float32"), "{saved:?}");
    let expected = format!("[2, 1]\n{total}\n{doubled}\ntrue\n{last}\n");
    assert_eq!(run_script(folder.path(), "session.rhai"), expected, "{saved}");
}

#[test]
fn what_is_wrong_with_the_history_is_said_and_the_prompt_works() {
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state/imdbsh");
    fs::create_dir_all(&state).unwrap();
    fs::write(state.join("history"), b"#V2\nlet kept = 1\n\xff\xfe broken\n").unwrap();
    let mut t = prompt(folder.path(), &[]);
    assert!(t.screen().contains("was not UTF-8"), "{}", t.screen());
    // The hint comes from what could be read.
    t.send("let k");
    t.wait_for("let kept = 1");
    t.send(CTRL_C);
    t.wait_for("Ctrl-C again");
    t.ready(PROMPT);
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
    t.send(CTRL_D);
    assert!(t.end().success());
    assert!(fs::read_to_string(state.join("history")).unwrap().ends_with("6 * 7\n"));

    // The next session has it: Up, and a search.
    let mut t = prompt(folder.path(), &[]);
    t.send(UP);
    t.wait_for("6 * 7");
    t.send(ENTER);
    t.wait_for("42");
    t.send("\x12kep");
    t.wait_for("let kept = 1");

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mut t = prompt(folder.path(), &[("XDG_STATE_HOME", file.to_str().unwrap())]);
    assert!(t.screen().contains("note: the history is not kept"), "{}", t.screen());
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
}

#[test]
fn narrow_dumb_and_colourless_terminals_are_prompts_too() {
    let folder = TempDir::new().unwrap();
    let mut t = Terminal::start(folder.path(), &[], 20, &[]);
    t.ready(PROMPT);
    t.line("let narrow = [1000001, 1000002, 1000003];");
    t.line("narrow.len() + 4000");
    t.wait_for("4003");
    t.send(&format!("nar{TAB}"));
    t.wait_for("narrow");

    let mut t = prompt(folder.path(), &[("TERM", "dumb")]);
    t.line("[1,");
    t.line("2].len() + 4000");
    t.wait_for("4002");
    assert!(!t.bytes().contains('\x1b'), "{:?}", t.bytes());

    let mut t = prompt(folder.path(), &[("NO_COLOR", "1")]);
    t.run("let x = \"green\"", PROMPT);
    t.run("nope", PROMPT);
    // A hint could not be told from what was typed: the line is not drawn whole with the cursor behind `no`.
    t.send("no");
    t.wait_for("no");
    t.run("t", PROMPT);
    assert!(!t.bytes().contains("imdbsh> nope\r\x1b[10C"), "{:?}", t.bytes());
    // Sequences that end in `m` are colours.
    let is_colour = |part: &str| {
        part.starts_with('[') && part[1..].trim_start_matches(|c: char| c == ';' || c.is_ascii_digit()).starts_with('m')
    };
    assert!(!t.bytes().split('\x1b').skip(1).any(is_colour), "{:?}", t.bytes());
}

#[test]
fn files_are_edited_loaded_and_read_anew() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("edit.sh", "#!/bin/sh\nsed -i 's/20/21/' \"$1\"\n");
    write("script.rhai", "let base = 10;\n/// Ten more.\nfn more(x) {\n    x + 10\n}\nfn broken() { nope() }\n");
    write("mine.rhai", "fn f() { 1 }");
    let mut t = prompt(folder.path(), &[("EDITOR", "sh edit.sh")]);
    assert!(t.run("20 * 2", PROMPT).contains("\n40\n"));
    let edited = t.run(":edit", PROMPT);
    assert!(edited.contains("21 * 2") && edited.contains("\n42\n"), "{edited}");

    t.run(":load script.rhai", PROMPT);
    assert!(t.run("more(base)", PROMPT).contains("\n20\n"));
    let error = t.run("broken()", PROMPT);
    assert!(error.contains("script.rhai:6:15") && error.contains("broken() called from input"), "{error}");
    let help = t.run("?more", PROMPT);
    assert!(
        help.contains("more(x)") && help.contains("Ten more.") && help.contains("Defined at script.rhai:3"),
        "{help}"
    );

    t.run("import \"mine\" as mine;", PROMPT);
    assert!(t.run("mine::f() + penalty::l2(0.0).call(linear(1, 1)).item()", PROMPT).contains("\n1.0\n"));
    write("script.rhai", "let base = 0;\nfn more(x) { x + 11 }");
    write("mine.rhai", "fn f() { 2 }");
    fs::create_dir(folder.path().join("stdlib")).unwrap();
    write("stdlib/early_stopping.rhai", "fn never() { \"edited\" }");
    write("stdlib/penalty.rhai", "fn l2( {");
    let reloaded = t.run(":reload", PROMPT);
    assert!(reloaded.contains("stdlib/early_stopping.rhai is read anew"), "{reloaded}");
    assert!(reloaded.contains("stdlib/penalty.rhai stays as it was"), "{reloaded}");
    let all =
        t.run("[more(base), mine::f(), early_stopping::never(), penalty::l2(0.0).call(linear(1, 1)).item()]", PROMPT);
    assert!(all.contains("[21, 2, \"edited\", 0.0]"), "{all}");
    assert!(t.run(":reload", PROMPT).contains("penalty.rhai stays"));

    fs::remove_dir_all(folder.path().join("stdlib")).unwrap();
    let mut t = prompt(folder.path(), &[("EDITOR", "false")]);
    let failed = t.run(":edit", PROMPT);
    assert!(failed.contains("the editor `false` failed") && failed.contains("nothing was run"), "{failed}");
    let mut t = prompt(folder.path(), &[("VISUAL", "no-such-editor -w")]);
    assert!(t.run(":edit", PROMPT).contains("`no-such-editor -w` cannot be started"));
    let mut t = prompt(folder.path(), &[]);
    assert!(t.run(":edit", PROMPT).contains("set VISUAL or EDITOR"));
}

#[test]
fn commands_tell_of_variables_and_times_and_help_finds_what_it_is_asked() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.run("let w = zeros([10, 100]); let name = \"a\"; let net = linear(2, 1);", PROMPT);
    let vars = t.run(":vars", PROMPT);
    for row in [
        &["w ", "Tensor", "[10, 100] float32", "4.0 kB"][..],
        &["net", "Network", "3 parameters", "12 B"],
        &["name", "string"],
    ] {
        assert!(vars.lines().any(|line| row.iter().all(|part| line.contains(part))), "{row:?}: {vars}");
    }
    assert!(t.run(":time 1 + 1;", PROMPT).contains("s)"));
    assert!(t.run("help(\"learning rate\")", PROMPT).contains("\ntrain::fit "));
    let help = t.run("help(schedule::cosine)", PROMPT);
    assert!(help.contains("cosine(") && help.contains("Defined at stdlib/schedule/cosine.rhai:"), "{help}");
    assert!(t.run("?w", PROMPT).contains("w: Tensor [10, 100] float32"));
    assert!(t.run(":lod x", PROMPT).contains("did you mean `load`?"));
    assert!(t.run("\"text\"", PROMPT).contains("\n\"text\"\n"));
    assert!(!t.run("5 + 6;", PROMPT).contains("\n11\n"));
    for command in ["load", "reload", "edit", "vars", "time", "save", "doc", "reset", "quit"] {
        assert!(t.run(":help", PROMPT).contains(&format!("\n:{command} ")), "{command}");
    }
    t.run(":reset", PROMPT);
    assert!(t.run(":vars", PROMPT).contains("no variables"));
    fs::write(folder.path().join("mine.rhai"), "1").unwrap();
    assert!(t.run(":save mine.rhai", PROMPT).contains("is there already"));
    t.line(":quit");
    assert!(t.end().success());
}

#[test]
fn mistakes_are_answered_with_what_would_work() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.run("fn f(x) { x * 2 }", PROMPT);
    t.run("fn g() { outside }", PROMPT);
    for (line, answer) in [
        ("import os", "no variable `os` here"),
        ("#{} + 1", "`+` does not work on map and int"),
        ("f()", "it is called as f(x)"),
        ("g()", "a function sees its parameters and its own variables"),
        ("x = 3", "a new variable begins with `let`: let x = …"),
        ("train::fit", "it is a function, which is called as fit(net, optimizer, data)"),
        ("penalty", "it is a module: its functions are called as penalty::l1(…)"),
        ("let n = 1; n / 0", "--> input 10:1:1"),
        ("print 1", "it is a function, which is called as print(…)"),
        ("n.foo", "int has no property `foo`"),
        ("n.foo = 1", "int has no property `foo` that can be set"),
        ("imdb::load(#{ trian: 1 })", "--> input 14:1:7"),
        (":foo", "there is no command `:foo` (:help lists them)"),
        ("?:lod", "did you mean `load`?"),
        ("?:load", ":load FILE     runs a script here"),
        ("?q", "nothing is called or mentions `q`"),
        ("?schedule::", "schedule::cosine"),
        ("debug(n)", "input 15:1:1: 1"),
    ] {
        let shown = t.run(line, PROMPT);
        assert!(shown.contains(answer), "`{answer}` is not said of `{line}`:\n{shown}");
    }
    // As long as it is no variable.
    t.run("let quit = 1;", PROMPT);
    assert!(t.run("quit", PROMPT).contains("\n1\n"));
    t.line("exit()");
    assert!(t.end().success());
}

#[test]
fn tab_indents_where_a_line_begins() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    // As a terminal pastes that does not say that it does.
    for line in ["fn f(x) {", "\tif x > 1 {", "\t\treturn 40 + x;", "\t}", "\tx"] {
        t.line(line);
    }
    t.run("}", PROMPT);
    assert!(t.run("f(2)", PROMPT).contains("\n42\n"), "{}", t.screen());
}

#[test]
fn whatever_is_open_an_empty_line_twice_runs_it() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.line("let x = [1,");
    t.line("");
    assert!(t.run("", PROMPT).contains("syntax error"));
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
}

#[test]
fn ctrl_c_twice_leaves_only_where_that_is_meant() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.line("sleep(1000)");
    std::thread::sleep(std::time::Duration::from_millis(300));
    t.send(CTRL_C);
    t.wait_for("interrupted");
    t.ready(PROMPT);
    ask_to_leave(&mut t);
    t.run("n", PROMPT);
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
    t.send(CTRL_C);
    t.wait_for("Ctrl-C again, or Ctrl-D, leaves the prompt");
    t.ready(PROMPT);
    ask_to_leave(&mut t);
    t.line("y");
    assert!(t.end().success());
}

/// Ctrl-C until two of them came quickly enough, however slow the machine is.
fn ask_to_leave(t: &mut Terminal) {
    for _ in 0..20 {
        t.send(CTRL_C);
        if t.wait_for_one(&["Leave the prompt?", "Ctrl-C again"]) == 0 {
            return;
        }
        t.ready(PROMPT);
    }
    panic!("it is not asked:\n{}", t.screen());
}

#[test]
fn from_a_pipe_nothing_is_drawn() {
    assert_eq!(pipe("let x = 2;\nfn f(a) {\n  a + 1\n}\nprint(f(x));\n"), (0, "3\n".into(), String::new()));
    let (code, out, err) = pipe("print(1);\nlet x = [1, 2");
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("syntax error") && err.contains("standard input:2:"), "{err}");
}

#[test]
fn a_paste_that_the_terminal_does_not_mark_is_not_drawn_anew_with_each_key() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.send(&format!("let text = \"{}\"; text.len() + 1_000_000", "ab c ".repeat(780)));
    // An Enter that is read together with it would be one of the paste's.
    t.wait_for("1_000_000");
    t.line("");
    t.wait_for("1003900");
    let drawn = t.bytes().len();
    assert!(drawn < 800_000, "{drawn} bytes for 4,000 characters");
}
