//! Each command of the prompt and each kind of value, on a narrow terminal, a wide one, and one that only writes lines.
#![cfg(unix)]

use crate::common::terminal::{CTRL_D, Terminal};
use std::fs;
use tempfile::TempDir;

const PROMPT: &str = "imdbsh>";

/// What is typed, and what must be in the answer.
const TRIED: &[(&str, &[&str])] = &[
    ("let xs = [1, 2, 3]; let o = #{ lr: 0.1 }; fn twice(x) { 2 * x }", &[]),
    (":run s.rhai lr=0.5", &["lr 0.5"]),
    (":run nowhere.rhai", &["cannot read nowhere.rhai"]),
    ("??twice", &["fn twice(x)"]),
    ("??schedule::halve_every", &["stdlib/schedule/step.rhai:"]),
    ("?matmul", &["matmul("]),
    (":doc matmul", &["matmul("]),
    (":doc no_such_thing_at_all", &["nothing is called or mentions"]),
    (":who", &["xs"]),
    (":vars", &["xs", "array"]),
    (":history twice", &["fn twice"]),
    ("!echo from outside", &["from outside"]),
    (":bench 1 + 1", &["half of all"]),
    (":time 1 + 1", &["2"]),
    (":set keys emacs", &[]),
    (":set", &["pager"]),
    (":help", &[":bench"]),
    (":nonsense", &["nonsense"]),
    ("xs", &["[1, 2, 3]"]),
    ("o", &["lr"]),
    ("let many = range(1000).map(|x| x); many", &["[0, 1, 2,", "1000"]),
    ("\"a\\nb\\x1b[31mc\"", &["\\x1b[31m"]),
    ("randn([100, 100]).shape", &["[100, 100]"]),
    ("prnt(1)", &["did you mean `print`"]),
    (":save all.rhai", &["all.rhai"]),
    (":load all.rhai", &[]),
    (":reset", &[]),
];

#[test]
fn every_command_answers_at_every_width() {
    for (columns, term) in [(40, "xterm-256color"), (200, "xterm-256color"), (80, "dumb")] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("s.rhai"), "let o = options(#{ lr: 0.1 });\nprint(`lr ${o.lr}`);\n").unwrap();
        let mut t = Terminal::start(folder.path(), &[], columns, &[("TERM", term), ("PAGER", "cat")]);
        t.ready(PROMPT);
        let mut wrong = Vec::new();
        for (input, wanted) in TRIED {
            let answer = t.run(input, PROMPT);
            let is_sound = !answer.contains("itself failed") && !answer.contains("panicked");
            if !is_sound || !wanted.iter().all(|part| answer.contains(part)) {
                wrong.push(format!("{columns} {term}: `{input}` gives\n{answer}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        t.send(CTRL_D);
        assert!(t.end().success());
    }
}
