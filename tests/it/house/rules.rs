//! The rules, and what still breaks them.

use super::arrows::{Arrows, files, without_tests};
use regex::Regex;
use std::path::{Path, PathBuf};

/// The rooms of `src`, from the ground up: a file may name its own room and those before it.
const ROOMS: &[&str] = &[
    "error",
    "interrupt",
    "memory",
    "access",
    "output",
    "places",
    "ml/denormals",
    "ml/device",
    "ml/files",
    "ml/lock",
    "ml/heap",
    "ml/options",
    "ml/splitmix",
    "ml/tensor",
    "ml/random",
    "ml/dropout_mask",
    "ml/weights",
    "ml/batch",
    "ml/data",
    "ml/models",
    "ml/loss",
    "ml/optim",
    "ml/meter",
    "ml/checkpoint",
    "ml/progress",
    "ml/plot",
    "ml/run",
    "ml/tensorboard",
    "ml/training",
    "ml",
    "sweep",
    "fetch",
    "runs",
    "script/base",
    "script/language",
    "script/help",
    "script/check",
    "script/api",
    "script/session",
    "script",
    "repl",
    "resume",
    "replay",
    "predict",
    "report",
    "testing",
    "cli",
    "lib",
    "main",
];

/// Files that may be longer than 300 lines, and why.
const LONG: &[(&str, &str)] = &[];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room of a file: the longest name that begins its path.
fn room(file: &str) -> Option<usize> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let holds = |room: &str| path == room || path.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'));
    (0..ROOMS.len()).filter(|i| holds(ROOMS[*i])).max_by_key(|i| ROOMS[*i].len())
}

#[test]
fn no_file_leads_back_to_itself() {
    let arrows = Arrows::of(&src());
    let circles = arrows.circles();
    let mut shown = Vec::new();
    for circle in &circles {
        shown.push(format!("{} files:", circle.len()));
        let inside = arrows.arrows.keys().filter(|(a, b)| circle.contains(a) && circle.contains(b));
        shown.extend(inside.map(|(a, b)| arrows.described(a, b)));
    }
    assert!(circles.is_empty(), "{} circles:\n{}", circles.len(), shown.join("\n"));
}

#[test]
fn no_room_names_one_above_it() {
    let arrows = Arrows::of(&src());
    let gone: Vec<_> =
        ROOMS.iter().filter(|room| !src().join(room).is_dir() && !src().join(format!("{room}.rs")).is_file()).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
    let without: Vec<_> = arrows.code.keys().filter(|file| room(file).is_none()).collect();
    assert!(without.is_empty(), "files without a room in ROOMS: {without:?}");
    let upward = arrows.arrows.keys().filter(|(a, b)| room(a) < room(b));
    let upward: Vec<String> = upward.map(|(a, b)| arrows.described(a, b)).collect();
    assert!(upward.is_empty(), "{} arrows run up:\n{}", upward.len(), upward.join("\n"));
}

/// It declares, re-exports and registers: whoever takes a type from it would have an arrow to all that it names.
#[test]
fn a_mod_rs_defines_no_type() {
    let types = Regex::new(r"(?m)^(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|union|type)\s+\w+").unwrap();
    let mut found = Vec::new();
    for (file, text) in files(&src(), "rs").into_iter().filter(|(file, _)| file.ends_with("mod.rs")) {
        found.extend(types.find_iter(&without_tests(&text)).map(|item| format!("{file}: {}", item.as_str())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// `crate::script::X` for a name that `script/mod.rs` hands on hides which room it comes from.
#[test]
fn inside_script_a_name_is_taken_from_its_room() {
    let arrows = Arrows::of(&src());
    let root = ["script".to_string()];
    let hides = |file: &str, target: &[String]| {
        file.starts_with("script/") && target.len() > 1 && target[..1] == root && arrows.hands_on(&root, &target[1])
    };
    let found: Vec<_> = arrows.taken.iter().filter(|(file, target, _)| hides(file, target)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_file_is_read_in_one_sitting() {
    let root = src().parent().unwrap().to_path_buf();
    let mut long = Vec::new();
    for (folder, ending) in [("src", "rs"), ("stdlib", "rhai")] {
        for (file, text) in files(&root.join(folder), ending) {
            let (name, lines) = (format!("{folder}/{file}"), without_tests(&text).lines().count());
            if lines > 300 && !LONG.iter().any(|(known, _)| *known == name) {
                long.push(format!("{name}: {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
    let gone: Vec<_> = LONG.iter().filter(|(file, _)| !root.join(file).is_file()).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}

#[test]
fn the_ml_library_does_not_name_the_script_language() {
    let all = files(&src().join("ml"), "rs").into_iter();
    // A file's name such as script.rhai is no use of the language.
    let naming: Vec<_> = all
        .filter(|(_, text)| text.to_lowercase().replace(".rhai", "").contains("rhai"))
        .map(|(file, _)| file)
        .collect();
    assert!(naming.is_empty(), "{naming:?}");
}

/// It is a terminal's side of `script`, and knows the language by what that says of it.
#[test]
fn the_prompt_takes_nothing_from_the_interpreter() {
    let arrows = Arrows::of(&src());
    let of_prompt = arrows.code.iter().filter(|(file, _)| file.starts_with("repl/"));
    let naming: Vec<_> = of_prompt.filter(|(_, code)| code.contains("rhai::")).map(|(file, _)| file).collect();
    assert!(naming.is_empty(), "{naming:?}");
}

#[test]
fn arrows_follow_what_a_mod_rs_hands_on() {
    let file = |name: &str, text: &str| (name.to_string(), text.to_string());
    let arrows = Arrows::of_texts(vec![
        file("lib.rs", "pub mod a;\nmod b;\n"),
        file(
            "a/mod.rs",
            "mod x;\nmod y;\npub use x::{X, Other as Renamed};\npub fn register() {\n    y::register();\n}\n",
        ),
        file("a/x.rs", "use super::y::Y;\npub struct X(Y);\npub struct Other;\n"),
        file("a/y.rs", "pub struct Y;\npub fn register() {}\n#[cfg(test)]\nmod tests {\n    use super::super::X;\n}\n"),
        file("b.rs", "// crate::a::y::Y is a comment\nuse crate::a::Renamed;\nfn f() -> crate::a::X { todo!() }\n"),
    ]);
    let found: Vec<String> = arrows.arrows.keys().map(|(a, b)| arrows.described(a, b)).collect();
    let expected =
        ["a/mod.rs:5 -> a/y.rs (register)", "a/x.rs:1 -> a/y.rs (Y)", "b.rs:2 -> a/x.rs (Other)\nb.rs:3 -> a/x.rs (X)"];
    assert_eq!(found, expected);
    assert!(arrows.circles().is_empty());

    let circle = Arrows::of_texts(vec![
        file("lib.rs", "mod a;\n"),
        file("a/mod.rs", "mod x;\nmod y;\npub use x::X;\npub struct Shared;\n"),
        file("a/x.rs", "use super::Shared;\npub struct X(Shared);\n"),
        file("a/y.rs", "fn y() -> super::X { super::z() }\nuse super::super::a;\n"),
    ]);
    assert!(circle.circles().is_empty());
    let closed = Arrows::of_texts(vec![
        file("lib.rs", "mod a;\n"),
        file("a/mod.rs", "mod x;\nmod y;\npub use x::X;\npub use y::Y;\n"),
        file("a/x.rs", "use super::Y;\npub struct X(Y);\n"),
        file("a/y.rs", "pub struct Y;\nimpl Y {\n    fn x(self) -> super::X { todo!() }\n}\n"),
    ]);
    assert_eq!(closed.circles(), [["a/x.rs", "a/y.rs"]]);
}
