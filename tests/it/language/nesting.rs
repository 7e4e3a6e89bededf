//! Values that hold themselves, and functions that panic: an error each, never the end of the program.

use crate::common::scripts::root;
use std::process::Command;

/// Exit code, and both streams as one text.
fn imdbsh(script: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    command.current_dir(folder.path()).args(["--threads", "1", "--max-seconds", "60", "--no-check", "-e", script]);
    let output = command.arg("--allow-read").arg(root()).output().unwrap();
    let all = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code(), all.chars().take(600).collect())
}

const MAP: &str = "let a = #{}; let f = || a; a.f = f;";
const ARRAY: &str = "let a = []; let f = || a; a.push(f); a.push(f.curry(a));";
const TWO: &str = "let a = #{}; let b = [1]; let f = || a; let g = |x| b; a.g = g; b.push(f);";

#[test]
fn what_holds_itself_is_an_error_or_a_value_wherever_it_is_walked() {
    for make in [MAP, ARRAY, TWO] {
        for (walk, code) in [
            ("to_json(#{ a: a })", 1),
            ("throw a", 1),
            ("throw #{ kind: a, message: a }", 1),
            ("try { throw a } catch (e) { print(e) }", 0),
            ("print(a); debug([a]); `${a}`; a", 0),
            ("assert_eq([a], 1)", 1),
            ("assert_throws(|| throw a, \"nothing\")", 1),
            ("adam(linear(1, 1), #{ lr: a })", 1),
            ("adam([a])", 1),
            ("let h = history(); h.push(#{ a: a }); print(h); h.push(#{ h: h }); print(h)", 0),
            ("let t = training(#{ s: #{ a: a } }, #{ callbacks: [a] }).fork(); print(t.s.a); t.snapshot()", 0),
            ("let n = network(#{ a: a, forward: |x| { a; x } }); training(#{ net: n }, #{}).fork()", 0),
            ("run_folder(#{ a: a }, #{ b: a })", 0),
            ("switch a { [] => 1, _ => 2 }; [a, a].dedup(); type_of(a)", 0),
            ("run_options(a)", 1),
        ] {
            let (ended, all) = imdbsh(&format!("{make} {walk}"));
            assert_eq!(ended, Some(code), "{make} {walk}: {all}");
            assert!(!all.contains("itself failed"), "{make} {walk}: {all}");
        }
    }
}

#[test]
fn what_objects_hold_of_themselves_is_an_error_where_it_is_kept_or_copied() {
    for (script, said) in [
        (
            "let n = (); let f = |x| n.forward(x); n = network(#{ forward: f }); training(#{ net: n }, #{}).fork()",
            "this network holds itself",
        ),
        ("let h = history(); h.push(#{ h: h }); training(#{ h: h }, #{}).snapshot()", "nested more than 100 deep"),
        ("let f = || 1; for i in 0..5000 { let g = f; f = || g; } to_json(#{ f: f })", "nested more than 1000 deep"),
        ("let f = || 1; for i in 0..5000 { let g = f; f = || g; } training(#{ f: f }, #{}).fork()", "more than 1000"),
        ("let v = 1; for i in 0..200 { v = [v]; } training(#{ v: v }, #{}).snapshot()", "more than 100 deep"),
    ] {
        let (code, all) = imdbsh(script);
        assert!(code == Some(1) && all.contains(said), "{script}: {code:?} {all}");
    }
}

/// Each level is moved into the next: a copy of all of them for each would never end.
const DEEP: &str = "let a = [1]; for i in 0..200000 { a = [a.split(0)]; }";

#[test]
fn what_is_nested_hundreds_of_thousands_deep_is_walked_freed_or_refused() {
    let kind_of = "fn kind_of(f) { try { return `${f.call()}`; } catch (e) { return e.kind; } }";
    let walks = [
        ("{ let b = a; 1 }", "1"),
        ("#{ a: a }.values().len()", "1"),
        ("switch a { [1] => 2, _ => 3 }", "3"),
        // What cannot be compared is another to `dedup`.
        ("{ let b = [a, a]; b.dedup(); b.len() }", "2"),
        ("{ let b = a; a == b }", "value"),
        ("{ let b = #{ a: a }; #{ a: a } != b }", "value"),
        ("[a].contains(a)", "value"),
        ("[1, a].index_of(a)", "value"),
        ("a in [a]", "value"),
        ("print(a)", "value"),
        ("debug(#{ a: a })", "value"),
        ("to_json(#{ a: a })", "value"),
    ];
    let all: Vec<String> = walks.iter().map(|(walk, _)| format!("print(kind_of(|| {walk}));")).collect();
    let (ended, all) = imdbsh(&format!("{kind_of} {DEEP} {}", all.join(" ")));
    let answers: String = walks.iter().map(|(_, answer)| format!("{answer}\n")).collect();
    assert_eq!((ended, all), (Some(0), answers));
    // These end the script, since Rhai takes an error for a value without a text.
    for walk in ["a.to_string()", "`${a}`", "\"\" + a", "throw a"] {
        let (ended, all) = imdbsh(&format!("{DEEP} {walk}"));
        assert!(ended == Some(1) && !all.contains("itself failed"), "{walk}: {all}");
    }
}

#[test]
fn a_fork_of_what_holds_itself_holds_its_own() {
    let (code, all) = imdbsh(
        "let a = #{ n: 1 }; let get = || a.n; let set = |n| { a.n = n; }; a.get = get; a.set = set;
         let u = training(#{ s: a }, #{}).fork();
         u.s.set.call(2); print(u.s.get.call()); print(get.call());",
    );
    assert_eq!((code, all.as_str()), (Some(0), "2\n1\n"));
}

#[test]
fn a_tokenizer_that_cannot_work_is_an_error_whatever_it_is_called_with() {
    let file = root().join("tests/data/tiny_bert/tokenizer.json");
    let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    json["pre_tokenizer"] = serde_json::json!({ "type": "FixedLength", "length": 0 });
    let text = serde_json::to_string(&json).unwrap();
    let script = format!(
        "write_text(\"t.json\", `{text}`); let path = \"t.json\";
         try {{ tokenizer(path); }} catch (e) {{ print(e.kind); print(path); }}
         try {{ tokenizer(\"t.json\"); }} catch (e) {{ print(e.kind); }}"
    );
    assert_eq!(imdbsh(&script), (Some(0), "data\nt.json\ndata\n".to_string()));
}
