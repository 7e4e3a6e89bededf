//! Values and variables as the prompt shows them, in a pseudo-terminal.
#![cfg(unix)]

use crate::common::terminal::Terminal;
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";

fn prompt(columns: u16) -> (TempDir, Terminal) {
    let folder = TempDir::new().unwrap();
    let terminal = Terminal::start(folder.path(), &[], columns, &[]);
    terminal.ready(PROMPT);
    (folder, terminal)
}

#[test]
fn values_are_short_and_escaped_and_print_shows_all() {
    let (_folder, mut t) = prompt(200);
    let shown = t.run("\"a\\nb\\x1b[31mc\"", PROMPT);
    assert!(shown.contains("\n\"a\\nb\\x1b[31mc\"\nimdbsh>"), "{shown}");
    let shown = t.run("(0..100000).map(|i| i)", PROMPT);
    assert!(shown.contains("\n[0, 1, 2, …, 99997, 99998, 99999] (100000 elements)\nimdbsh>"), "{shown}");
    assert!(t.run("print((0..120).map(|i| i + 5000))", PROMPT).contains("5118, 5119]"));
    let shown = t.run("#{ lr: 0.1, s: |s| s.lr / 2.0, w: zeros([50, 50]) }", PROMPT);
    assert!(shown.contains("\n#{ lr: 0.1, s: |s| s.lr / 2.0, w: Tensor [50, 50] float32 }\n"), "{shown}");
    let shown = t.run("dataset(randn([6, 2]), arange(6) % 2)", PROMPT);
    assert!(shown.contains("\ndata set of 6 rows, classes of 3 and 3 rows, rows of [6, 2] float32\n"), "{shown}");
}

#[test]
fn a_narrow_terminal_gets_maps_and_tables_that_fit() {
    let (_folder, mut t) = prompt(40);
    let shown = t.run("#{ name: \"a longer text\", list: [1, 2, 3] }", PROMPT);
    assert!(shown.contains("\n#{\n    list: [1, 2, 3],\n    name: \"a longer text\",\n}\n"), "{shown}");
    t.run("let h = history();", PROMPT);
    t.run("for e in 1..=3 { h.push(#{ a: e, loss: 0.5, test_loss: 0.25, z_seconds_of_all_epochs: 1.0 }); }", PROMPT);
    let shown = t.run("h", PROMPT);
    assert!(shown.contains("\nhistory of 3 epochs\na    loss  test_loss\n1  0.5000     0.2500\n"), "{shown}");
    assert!(shown.contains("\n(1 more: z_seconds_of_all_epochs)\n"), "{shown}");
    let who = t.run(":who", PROMPT);
    assert!(who.contains("\nh  History") && who.lines().all(|line| line.chars().count() <= 40), "{who}");
}
