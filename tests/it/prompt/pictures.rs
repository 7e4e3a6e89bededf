//! Plots as pictures in the terminal, for those who have asked for them: in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::Terminal;
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";
const PLOT: &str = "plot([1, 3, 2], #{ file: \"\", size: [300, 200] });";
/// The bytes that every PNG begins with, in base 64.
const PNG: &str = "iVBORw0KGgo";

fn prompt(folder: &Path, environment: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start(folder, &[], 100, environment);
    terminal.ready(PROMPT);
    terminal
}

#[test]
fn a_plot_is_a_picture_by_the_protocol_that_was_asked_for_and_text_where_none_was() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.run(PLOT, PROMPT);
    let before = t.bytes();
    assert!(!before.contains(PNG) && !before.contains("\x1b_G") && !before.contains("\x1b[c"), "nobody asked");
    for (name, begins) in [
        ("kitty", format!("\x1b_Ga=T,f=100,q=2,m=1;{PNG}")),
        ("iterm2", "\x1b]1337;File=inline=1;size=".into()),
        ("sixel", "\x1bPq\"1;1;300;200#0;2;100;100;100".into()),
    ] {
        t.run(&format!(":set pictures {name}"), PROMPT);
        t.run(PLOT, PROMPT);
        assert!(t.bytes().contains(&begins), "{name}");
    }
    // The setting holds for scripts that are run on a terminal, and for none in a pipe.
    fs::write(folder.path().join("s.rhai"), format!("{PLOT} print(\"over\");")).unwrap();
    let t = Terminal::start(folder.path(), &["s.rhai"], 100, &[]);
    t.wait_on_screen("over");
    assert!(t.bytes().contains("\x1bPq\"1;1;300;200"));
    let mut t = prompt(folder.path(), &[("TERM", "dumb")]);
    t.line(PLOT);
    t.line("40 + 2");
    t.wait_for("42");
    assert!(!t.bytes().contains('\x1b'));
}

#[test]
fn a_terminal_is_asked_and_one_that_does_not_answer_gets_text() {
    let folder = TempDir::new().unwrap();
    let mut t = prompt(folder.path(), &[]);
    t.run(":set pictures auto", PROMPT);
    t.run(PLOT, PROMPT);
    assert_eq!(t.bytes().matches("a=q,t=d,f=24").count(), 1);
    t.run(PLOT, PROMPT);
    assert_eq!(t.bytes().matches("a=q,t=d,f=24").count(), 1, "asked once");
    assert!(!t.bytes().contains(PNG) && !t.bytes().contains("\x1bPq"));
    assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));

    for (answer, begins) in
        [("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", "\x1b_Ga=T,f=100,q=2"), ("\x1b[?62;4;22c", "\x1bPq\"1;1;300;200")]
    {
        let mut t = prompt(folder.path(), &[]);
        t.line(&format!("sleep(0.6); {PLOT}"));
        std::thread::sleep(Duration::from_millis(300));
        // It lies ready when the question comes: this test's own terminal may be slow.
        t.send(answer);
        t.ready(PROMPT);
        assert!(t.bytes().contains(begins), "{answer:?}");
        assert!(t.run("6 * 7", PROMPT).contains("\n42\n"));
    }
}
