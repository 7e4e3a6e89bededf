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
