//! What the program says of itself, as it stands in `tests/data/golden`: functions, ways to call them, options. A change that is meant
//! is written there by `IMDBSH_GOLDEN=write cargo test --test it golden`; then look at the difference.

use imdbsh::script::{Session, Setup, docs};
use std::{env, fs, path::Path, process::Command};

fn said(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn stands_in(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden").join(file);
    if env::var_os("IMDBSH_GOLDEN").is_some_and(|what| what == "write") {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    let (old, new): (Vec<&str>, Vec<&str>) = (golden.lines().collect(), text.lines().collect());
    let gone: Vec<_> = old.iter().filter(|line| !new.contains(line)).collect();
    let come: Vec<_> = new.iter().filter(|line| !old.contains(line)).collect();
    assert!(golden == text, "{file} says other things: gone {gone:#?}\nnew {come:#?}");
}

#[test]
fn the_functions_are_those_that_are_known_and_are_called_as_before() {
    let listed = said(&["doc"]);
    stands_in("doc.txt", &listed);
    let engine = Session::new(Setup::named("golden")).unwrap().engine;
    let mut signatures = String::new();
    for doc in docs::index(&engine).into_iter().filter(|doc| !doc.builtin) {
        signatures += &format!("{}\n", doc.name);
        doc.signatures.iter().for_each(|signature| signatures += &format!("    {signature}\n"));
    }
    stands_in("signatures.txt", &signatures);
}

#[test]
fn the_options_are_those_that_are_known() {
    let commands = ["check", "test", "doc", "resume", "sweep", "runs", "report", "predict", "replay", "fetch"]
        .map(|command| vec![command, "--help"]);
    let all = [vec!["--version"], vec!["-h"], vec!["--help"]].into_iter().chain(commands);
    let help: String =
        all.map(|arguments| format!("$ imdbsh {}\n{}\n", arguments.join(" "), said(&arguments))).collect();
    stands_in("help.txt", &help);
}
