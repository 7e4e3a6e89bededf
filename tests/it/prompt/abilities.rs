//! What is drawn goes by what the terminal can: colours of 24 bits, 256, 16, or none; ASCII where the locale knows no more.

use crate::common::terminal::Terminal;
use std::fs;
use tempfile::TempDir;

const SCRIPT: &str = r#"
plot([[3.0, 2.0, 1.0], [1.0, 1.5, 4.0]], #{ names: ["falls", "rises"], title: "naïve – 日本" });
let bar = progress("epoch …", 20, true);
for i in 0..20 { if bar.due() { bar.update(i, "loss 0.5"); } sleep(0.02); }
bar.finish("done ± 1");
print("é → 10⁻³");
let x = 1; x.nonsense();
"#;

/// All bytes that the script's run sends to a terminal, and what its screen shows in the end.
fn drawn(columns: u16, environment: &[(&str, &str)]) -> (String, String) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.rhai"), SCRIPT).unwrap();
    let t = Terminal::start(folder.path(), &["--no-check", "s.rhai"], columns, environment);
    let (status, bytes, screen) = t.whole();
    assert_eq!(status.code(), Some(1), "{screen}");
    (bytes, screen)
}

#[test]
fn colours_are_those_that_the_terminal_has() {
    for columns in [20, 30, 80, 200] {
        for (environment, has, has_not) in [
            (&[("COLORTERM", "truecolor")][..], "\x1b[38;2;0;114;178m", "38;5"),
            (&[("TERM", "xterm-256color")], "\x1b[38;5;", "38;2"),
            (&[("TERM", "xterm")], "\x1b[34m", "38;"),
            (&[("TERM", "dumb"), ("FORCE_COLOR", "1")], "\x1b[34m", "38;"),
        ] {
            let (bytes, screen) = drawn(columns, environment);
            assert!(bytes.contains(has) && !bytes.contains(has_not), "{columns} {environment:?}: {bytes:?}");
            assert!(bytes.contains("falls") && screen.contains("é → 10⁻³"), "{columns} {environment:?}:\n{screen}");
        }
        for environment in [&[("NO_COLOR", "1")][..], &[("CLICOLOR", "0")]] {
            let (bytes, screen) = drawn(columns, environment);
            let coloured = ["\x1b[3", "\x1b[1;3", "\x1b[9", "38;"].iter().find(|code| bytes.contains(**code));
            assert_eq!(coloured, None, "{columns} {environment:?}: {bytes:?}");
            // Curves are told apart by signs.
            assert!(bytes.contains("** falls") && bytes.contains("oo rises"), "{columns}:\n{screen}");
        }
    }
}

#[test]
fn a_terminal_of_which_nothing_is_known_gets_lines_alone() {
    for term in ["", "dumb"] {
        let (bytes, screen) = drawn(80, &[("TERM", term)]);
        assert!(!bytes.contains('\x1b'), "{bytes:?}");
        assert!(screen.contains("done ± 1") && screen.contains("error: no function `nonsense`"), "{screen}");
    }
}

#[test]
fn where_the_locale_is_not_utf_8_all_is_ascii() {
    for columns in [20, 30, 80, 200] {
        for (name, value) in [("LC_ALL", "C"), ("LANG", "POSIX"), ("LC_CTYPE", "de_DE.ISO-8859-1")] {
            let (bytes, screen) = drawn(columns, &[(name, value)]);
            assert!(bytes.is_ascii(), "{columns} {name}: {bytes:?}");
            assert!(screen.contains("done +- 1") && screen.contains("e -> 10^-3"), "{columns} {name}:\n{screen}");
        }
    }
}
