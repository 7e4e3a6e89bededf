//! `imdbsh check`: what it finds, and where it finds nothing.

use crate::common::scripts::{imdbsh, root};
use imdbsh::script::{Checked, Session, Setup, docs, findings};
use std::{fs, path::Path, path::PathBuf, process::Command};

/// The scripts in a folder and below it.
fn scripts(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|ending| ending == "rhai") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// What the program says of files: its exit code, and both streams.
fn check(folder: &Path, files: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.current_dir(folder).arg("check").args(files).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A script in a folder of its own, and what is said of it.
fn said_of(text: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.rhai"), text).unwrap();
    check(folder.path(), &["a.rhai"])
}

fn of_text(text: &str) -> Vec<(&'static str, usize, usize)> {
    let session = Session::new(Setup::named("check")).unwrap();
    let checked = session.check(&[("a.rhai".to_string(), text.to_string())]);
    checked.iter().flat_map(Checked::places).collect()
}

#[test]
fn of_the_scripts_of_the_repository_there_is_nothing_to_say() {
    let all: Vec<PathBuf> = ["scripts", "examples", "stdlib", "tests/stdlib"].into_iter().flat_map(scripts).collect();
    assert!(all.len() > 100, "{}", all.len());
    let names: Vec<&str> = all.iter().map(|path| path.strip_prefix(root()).unwrap().to_str().unwrap()).collect();
    let (code, out, err) = check(root(), &names);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
}

#[test]
fn of_the_examples_in_the_docs_there_is_nothing_to_say() {
    let session = Session::new(Setup::named("check")).unwrap();
    let docs = docs::index(&session.engine);
    let examples = docs
        .iter()
        .filter(|doc| !doc.builtin)
        .flat_map(|doc| doc.examples().into_iter().map(|text| (format!("doc {}", doc.name), text)).collect::<Vec<_>>());
    let examples: Vec<(String, String)> = examples.collect();
    assert!(examples.len() > 300, "{}", examples.len());
    // What a file would bring that an example writes is not there.
    let found = session.check(&examples);
    let found: Vec<String> = found.iter().map(|checked| checked.shown(false)).filter(|text| !text.is_empty()).collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn each_page_has_an_example_in_which_it_is_found_and_one_in_which_nothing_is() {
    for (number, wrong, right) in findings::examples() {
        let found: Vec<&str> = of_text(wrong).iter().map(|(number, ..)| *number).collect();
        assert_eq!(found, [number], "{wrong}");
        assert_eq!(of_text(right), [], "{number}: {right}");
    }
}

#[test]
fn each_broken_script_is_told_what_is_wrong_and_where() {
    let files: Vec<PathBuf> =
        scripts("tests/data/check").into_iter().filter(|path| !path.ends_with("imported/other.rhai")).collect();
    assert!(files.len() >= 40, "{}", files.len());
    let folder = root().join("tests/data/check");
    let session = Session::new(Setup { folder, ..Setup::named("check") }).unwrap();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let expected = text.lines().next().unwrap().trim_start_matches("// ").to_string();
        let found = session.check(&[(file.display().to_string(), text)]);
        let places: Vec<String> = found
            .iter()
            .flat_map(Checked::places)
            .map(|(number, line, _)| format!("{number} in line {line}"))
            .collect();
        assert_eq!(places, [expected], "{}", file.display());
    }
}

#[test]
fn what_would_fail_late_stops_the_run_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let script = |text: &str| {
        let path = folder.path().join("a.rhai");
        fs::write(&path, text).unwrap();
        path
    };
    let late = script("print(\"begun\");\nfn late() { roudn(1.5) }\nif false { late(); }");
    let (code, out, err) = imdbsh(folder.path(), &late, &[]);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(
        err.contains("error[E02]: no function `roudn`")
            && err.contains("a.rhai:2:13")
            && err.contains("did you mean `round`?"),
        "{err}"
    );
    let (code, out, err) = imdbsh(folder.path(), &late, &["--no-check"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "begun\n", ""));

    let warned = script("let left = 1;\nprint(\"begun\");");
    let (code, out, err) = imdbsh(folder.path(), &warned, &[]);
    assert_eq!((code, out.as_str()), (0, "begun\n"), "{err}");
    assert_eq!(err.matches("warning[W06]: `left` is set and never read").count(), 1, "{err}");
}

#[test]
fn a_comment_allows_what_is_meant() {
    for (text, found) in [
        ("let a = 1; // imdbsh: allow(W06)", 0),
        ("// imdbsh: allow(W03, w06)\nlet a = 1;", 0),
        ("// imdbsh: allow(W06)\n\nlet a = 1;", 1),
        ("let a = 1; // imdbsh: allow(W05)", 1),
        ("// imdbsh: allow-file(W06)\nlet a = 1;\n\nlet b = 2;", 0),
        ("print(\"imdbsh: allow-file(W06)\");\nlet a = 1;", 1),
    ] {
        assert_eq!(of_text(text).len(), found, "{text}");
    }
}

#[test]
fn what_is_made_at_run_time_is_no_mistake() {
    for text in [
        "fn twice(x) { 2 * x }\nlet f = Fn(\"twice\");\nprint(f.call(2));",
        "let f = |x, y| x + y;\nlet g = f.curry(1);\nprint(call(g, 2));",
        "let m = #{ run: |x| x };\nprint(m.run(3));",
        "let name = \"twi\" + \"ce\";\nlet f = Fn(name);\nprint(f.call(2));\nfn twice(x) { x }",
        "if is_def_fn(\"maybe\", 1) { print(maybe(1)); }",
        "fn add(x) { this.total += x; }\nlet m = #{ total: 0 };\nm.add(2);\nprint(m.total);",
        "let rows = read_csv(\"x.csv\");\nfor row in rows { print(row.price); }",
        "let alive = [#{ acc: 0 }];\nlet next = [];\nfor a in alive { a.acc = 1; next.push(a); }\nprint(next);",
        "let net = linear(1, 1);\nlet optimizer = adam(net);\nfor group in optimizer.groups { group.lr = 0.5; }",
        "let x = [3, 1];\nx.sort();\nprint(x);",
        "let half = [1, 2].len() / 2;\nprint(half);",
        "print(`a\\names ${1} b`);",
        "const RATE = 0.1;\nfn f() { global::RATE }\nprint(f());",
        "try { print(1); } catch (e) { print(e.message); }",
        "let i = 0;\nwhile i < 3 { i += 1; if i == 2 { continue; } print(i); }",
        "switch 3 { 1 => print(\"a\"), x if true => print(\"b\"), _ => print(\"c\") }",
    ] {
        let text = text.replace("x if true =>", "2 =>");
        assert_eq!(of_text(&text), [], "{text}");
    }
}

#[test]
fn imports_are_read_and_circles_end() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("tools.rhai", "fn twice(x) { 2 * x }\nprivate fn own() { 1 }\nfn late() { nope() }\n");
    write("a.rhai", "import \"tools\" as t;\nprint(t::twice(2) + t::twoce(2) + t::own() + t::twice(1, 2));\n");
    let (code, out, _) = check(folder.path(), &["a.rhai"]);
    assert_eq!(code, 1);
    let said = [
        "no function `t::twoce`",
        "did you mean `t::twice`?",
        "no function `t::own`",
        "`t::twice` cannot be called with 2 values",
        "it takes one value",
        "tools.rhai:3:13",
    ];
    said.iter().for_each(|said| assert!(out.contains(said), "{said}: {out}"));

    write("b.rhai", "import \"c\" as c;\nfn f() { 1 }\nprint(c::g());");
    write("c.rhai", "import \"b\" as b;\nfn g() { b::f() }");
    let (code, out, err) = check(folder.path(), &["b.rhai"]);
    assert!(code == 1 && out.contains("error[E09]: b imports itself"), "{out}{err}");
}

#[test]
fn what_is_no_script_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("latin.rhai"), b"print(\"\xe4\");").unwrap();
    fs::create_dir(folder.path().join("folder.rhai")).unwrap();
    for (file, message) in [
        ("latin.rhai", "not a text file in UTF-8"),
        ("folder.rhai", "cannot read the script"),
        ("none.rhai", "cannot read the script"),
    ] {
        let (code, out, err) = check(folder.path(), &[file]);
        assert!(code == 2 && out.is_empty() && err.contains(message), "{file}: {code} {out}{err}");
    }
    for text in ["", "// only\n/* comments */\n", "\u{feff}#!/usr/bin/env imdbsh\nprint(1);"] {
        assert_eq!(said_of(text), (0, String::new(), String::new()), "{text}");
    }
}

#[test]
fn of_a_text_that_does_not_parse_the_rest_is_said_too() {
    let (code, out, _) = said_of("print(`a\\n`);\nlet x = (1 + 2;\n");
    assert_eq!(code, 1);
    assert!(out.contains("warning[W03]") && out.contains("a.rhai:1:9"), "{out}");
    assert!(out.contains("error[E01]: syntax error") && out.contains("a.rhai:2:15"), "{out}");
}

#[test]
fn a_line_of_a_megabyte_is_not_shown() {
    let long = format!("let x = [{}]; nope(x);", "1, ".repeat(350_000));
    let (code, out, err) = said_of(&long);
    assert_eq!(code, 1, "{err}");
    assert!(
        out.len() < 1000 && out.contains("no function `nope`") && out.contains("a.rhai:1:> 65535"),
        "{}",
        &out[..out.len().min(2000)]
    );
}

#[test]
fn a_finding_has_a_page() {
    let said = |name: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(["doc", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said("w02").contains("`for x in list` hands out copies"));
    let all = said("checks");
    findings::examples().iter().for_each(|(number, ..)| assert!(all.contains(number)));
}
