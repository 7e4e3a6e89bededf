//! The command line, as a user meets it: what is printed where, and the exit codes.

use assert_cmd::Command;
use std::path::Path;
use tempfile::TempDir;

/// A run of the program in an empty folder.
fn imdbsh(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.args(arguments).current_dir(folder).env_remove("IMDBSH_PATH").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn in_empty_folder(arguments: &[&str]) -> (i32, String, String) {
    imdbsh(TempDir::new().unwrap().path(), arguments)
}

/// A folder with one script, `s.rhai`.
fn script(text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("s.rhai"), text).unwrap();
    folder
}

#[test]
fn code_is_run_and_its_value_printed() {
    assert_eq!(in_empty_folder(&["-e", "1 + 2"]), (0, "3\n".into(), String::new()));
    assert_eq!(in_empty_folder(&["-e", "print(\"hello\")"]), (0, "hello\n".into(), String::new()));
}

#[test]
fn a_scripts_options_come_from_the_command_line() {
    let folder = script("let o = options(#{ lr: 0.1, n: 3, on: false, name: \"a\", sizes: [1] });\nprint(o);");
    let (code, out, err) = imdbsh(folder.path(), &["s.rhai", "lr=2", "n=1e3", "on=true", "name=b c", "sizes=[2, 3]"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "#{\"lr\": 2.0, \"n\": 1000, \"name\": \"b c\", \"on\": true, \"sizes\": [2, 3]}\n");
}

#[test]
fn a_preset_changes_defaults_and_arguments_win_over_it() {
    let folder = script("print(options(#{ lr: 0.1, n: 3 }, #{ lab: #{ lr: 0.5, n: 9 } }));");
    let (_, out, _) = imdbsh(folder.path(), &["s.rhai", "lab=true", "n=4"]);
    assert_eq!(out, "#{\"lab\": true, \"lr\": 0.5, \"n\": 4}\n");
}

#[test]
fn a_shebang_line_is_skipped_and_lines_still_count_from_it() {
    let folder = script("#!/usr/bin/env imdbsh\nprint(1);\nnope();");
    let (code, out, err) = imdbsh(folder.path(), &["--no-check", "s.rhai"]);
    assert_eq!((code, out.as_str()), (1, "1\n"));
    assert!(err.contains("s.rhai:3:1"), "{err}");
}

#[test]
fn a_script_can_come_from_standard_input() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.write_stdin("print(6 * 7)").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "42\n");
}

#[test]
fn an_error_shows_the_line_with_a_caret_and_the_calls_that_led_there() {
    let folder = script("fn inner(x) {\n    x.matmul(ones([4, 5]))\n}\nlet f = |x| inner(x);\nf.call(ones([2, 3]));\n");
    let (code, out, err) = imdbsh(folder.path(), &["s.rhai"]);
    assert_eq!((code, out.as_str()), (1, ""));
    let expected = "\
error: matmul of [2, 3] float32 and [4, 5] float32: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)
 --> s.rhai:2:7
  |
2 |     x.matmul(ones([4, 5]))
  |       ^^^^^^
  |
  = inner() called from s.rhai:4:13
  = closure called from s.rhai:5:3
";
    assert_eq!(err, expected);
}

#[test]
fn the_call_stack_goes_through_the_standard_library() {
    let (code, _, err) =
        in_empty_folder(&["-e", "train::fit(linear(1, 1), 2, #{ train: dataset(zeros([2, 1]), zeros([2])) })"]);
    assert_eq!(code, 1);
    assert!(err.contains("--> stdlib/train.rhai:") && err.contains("fit() called from -e:1:8"), "{err}");
}

#[test]
fn a_wrong_option_is_placed_where_it_was_given() {
    let (code, _, err) = in_empty_folder(&["--no-check", "-e", "train::fit(1, 2, 3, #{ epohcs: 5 })"]);
    assert_eq!(code, 1);
    assert!(err.contains("unknown option `epohcs`; did you mean `epochs`?"), "{err}");
    assert!(err.contains("--> -e:1:8") && !err.contains("stdlib/"), "{err}");
}

/// What is wrong, how the program is called, its exit code, and what the message must hold.
const WRONG: &[(&str, &[&str], i32, &[&str])] = &[
    ("a missing script", &["nope.rhai"], 2, &["cannot read the script nope.rhai", "No such file"]),
    ("a folder for a script", &["."], 2, &["cannot read the script"]),
    ("a syntax error", &["-e", "let x = ;"], 1, &["syntax error", "-e:1:9"]),
    ("an open bracket", &["-e", "print((1 + 2"], 1, &["syntax error"]),
    ("an unknown function", &["-e", "zeross([1])"], 1, &["no function `zeross`", "did you mean `zeros`?"]),
    (
        "a function called wrongly",
        &["-e", "linear(\"a\", 2)"],
        1,
        &["`linear` cannot be called with (string, int)", "linear(in_features: int, out_features: int)"],
    ),
    ("an unknown variable", &["-e", "print(lr)"], 1, &["no variable `lr`"]),
    (
        "an unknown option of a function",
        &["-e", "sgd(linear(1, 1), #{ momentun: 1 })"],
        1,
        &["did you mean `momentum`?"],
    ),
    (
        "an unknown option of the script",
        &["-e", "options(#{ lr: 0.1 })", "rl=1"],
        2,
        &["unknown option `rl`", "lr=0.1"],
    ),
    ("an option of the wrong type", &["-e", "options(#{ n: 1 })", "n=a"], 2, &["option n takes an integer, got `a`"]),
    ("options for a script without any", &["-e", "1", "lr=1"], 2, &["takes no options"]),
    ("an argument that is no option", &["-e", "options(#{})", "lr"], 2, &["key=value"]),
    ("an option twice", &["-e", "options(#{ a: 1 })", "a=1", "a=2"], 2, &["given twice"]),
    ("an unknown flag", &["--nope"], 2, &["--nope"]),
    ("an unknown device", &["--device", "gpu", "-e", "1"], 2, &["unknown device `gpu`", "cuda"]),
    ("no threads", &["--threads", "0", "-e", "1"], 2, &["threads"]),
    (
        "an unknown metric",
        &["-e", "let name = \"acuracy\"; metrics::named(name)"],
        1,
        &["unknown metric `acuracy`", "accuracy"],
    ),
    ("a wrong kind", &["-e", "ones([2]).to(\"int64\").matmul(ones([2]))"], 1, &["matmul of [2] int64 and [2] float32"]),
    ("endless recursion", &["-e", "fn f(x) { f(x + 1) } f(0)"], 1, &["call each other too deep"]),
    ("an endless loop", &["--max-operations", "100000", "-e", "loop { }"], 1, &["loop for ever"]),
    ("a deep expression", &["-e", DEEP], 1, &["syntax error"]),
    ("an unknown doc", &["doc", "nosuchthing"], 2, &["nosuchthing"]),
    ("tests that are not there", &["test", "nowhere"], 2, &["cannot read nowhere"]),
    ("an option before a command", &["--threads", "1", "test", "nowhere"], 2, &["cannot read nowhere"]),
    ("code and a command", &["-e", "1", "doc"], 2, &["`1` and a command"]),
    ("an uncaught throw", &["-e", "throw \"no more\""], 1, &["no more"]),
    ("an import that is not there", &["-e", "import \"mine\" as m;"], 1, &["no module mine", "mine.rhai"]),
];

const DEEP: &str = {
    const OPEN: [u8; 2000] = [b'('; 2000];
    match std::str::from_utf8(&OPEN) {
        Ok(text) => text,
        Err(_) => "",
    }
};

#[test]
fn each_wrong_call_gives_its_exit_code_and_a_message_that_says_what_would_work() {
    for (what, arguments, code, parts) in WRONG {
        let (got, out, err) = in_empty_folder(arguments);
        assert_eq!(got, *code, "{what}: {out}{err}");
        for part in *parts {
            assert!(err.contains(part), "{what}: `{part}` is not in\n{err}");
        }
        for trace in ["panicked", "Exception raised", "RUST_BACKTRACE", "c10::"] {
            assert!(!err.contains(trace), "{what}: {err}");
        }
    }
}

#[test]
fn a_device_that_is_not_there_is_said() {
    if imdbsh::ml::device::all().len() == 1 {
        let (code, _, err) = in_empty_folder(&["--device", "cuda", "-e", "1"]);
        assert_eq!((code, err.as_str()), (2, "error: device `cuda` is not on this machine (here: cpu)\n"));
    }
}

#[test]
fn errors_can_be_caught_as_a_map_with_kind_and_message() {
    let (code, out, _) =
        in_empty_folder(&["-e", "try { ones([2, 3]).matmul(ones([2, 3])) } catch (e) { print(e.kind); }"]);
    assert_eq!((code, out.as_str()), (0, "shape\n"));
}

#[test]
fn exit_ends_a_script_quietly() {
    assert_eq!(in_empty_folder(&["-e", "print(1); exit(); print(2)"]), (0, "1\n".into(), String::new()));
}

#[test]
fn a_module_beside_the_script_can_be_imported_and_its_errors_are_placed_in_it() {
    let folder = script("import \"mine\" as mine;\nprint(mine::double(4));\nmine::broken();");
    std::fs::write(folder.path().join("mine.rhai"), "fn double(x) { 2 * x }\nfn broken() { nope() }\n").unwrap();
    let (code, out, err) = imdbsh(folder.path(), &["--no-check", "s.rhai"]);
    assert_eq!((code, out.as_str()), (1, "8\n"));
    assert!(err.contains("mine.rhai:2:15") && err.contains("broken() called from s.rhai:3:7"), "{err}");
}

#[test]
fn a_stdlib_file_beside_the_script_takes_the_embedded_ones_place() {
    let folder = script("print(penalty::l2(1));");
    std::fs::create_dir(folder.path().join("stdlib")).unwrap();
    std::fs::write(folder.path().join("stdlib/penalty.rhai"), "fn l2(x) { \"mine\" }\nfn none() { |net| 0.0 }")
        .unwrap();
    let (_, out, err) = imdbsh(folder.path(), &["s.rhai"]);
    let said = "with stdlib/penalty.rhai of your own in the standard library\n";
    assert_eq!((out.as_str(), err.as_str()), ("mine\n", said));
}

#[test]
fn rhai_suites_report_each_test_and_fail_with_the_place() {
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("a.rhai"),
        "fn test_good() { assert(true); }\nfn test_bad() { assert_eq(1, 2); }",
    )
    .unwrap();
    let (code, out, err) = imdbsh(folder.path(), &["test", "."]);
    assert_eq!(code, 1);
    assert!(
        out.contains("test_good ... ok")
            && out.contains("test_bad ... FAILED")
            && out.ends_with("1 passed, 1 failed\n"),
        "{out}"
    );
    assert!(err.contains("got 1, expected 2") && err.contains("a.rhai:2:17"), "{err}");
}

#[test]
fn a_statements_word_behind_a_dot_is_a_syntax_error() {
    for code in ["let x = #{}; x.pause.y()", "let x = #{}; x.pause"] {
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(["-e", code]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && err.contains("syntax error: Expecting name of a property"),
            "{code}: {err}"
        );
    }
}

#[test]
fn the_value_of_code_is_shown_as_print_shows_it() {
    assert_eq!(in_empty_folder(&["-e", "ones([2])"]).1, "tensor([1., 1.])\n");
    assert_eq!(in_empty_folder(&["-e", "[ones([2]), linear(1, 2)]"]).1, "[tensor([1., 1.]), Linear(1, 2)]\n");
}

#[test]
fn a_module_that_imports_itself_is_an_error() {
    let folder = script("import \"m\" as m;\nm::f();");
    std::fs::write(folder.path().join("m.rhai"), "import \"m\" as m;\nfn f() { 1 }").unwrap();
    let (code, _, err) = imdbsh(folder.path(), &["--no-check", "s.rhai"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("m.rhai imports itself") && err.contains("m.rhai:1:"), "{err}");
}

#[test]
fn an_error_in_a_closure_that_the_library_calls_is_placed_where_the_closure_stands() {
    let folder = script(
        "let data = #{ train: dataset(ones([4, 2]), ones([4, 1])) };\nlet net = linear(2, 1);\nlet o = #{ run: false, loss: |y, t| mse(y, t), schedule: |s| s.nope };\ntrain::fit(net, sgd(net), data, o);",
    );
    let (code, _, err) = imdbsh(folder.path(), &["s.rhai"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("s.rhai:3:64") && err.contains("schedule: |s| s.nope"), "{err}");
}

#[test]
fn a_failed_check_of_an_argument_is_placed_at_the_function_that_asked_for_it() {
    let (_, _, err) = in_empty_folder(&["-e", "schedule::halve_every(0)"]);
    assert!(err.contains("stdlib/schedule/step.rhai") && !err.contains("opts.rhai"), "{err}");
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .arg("doc")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_line_that_cannot_be_written_to_stderr_ends_nothing() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(["-e", "let bar = progress(`epoch`, 1, true); bar.finish(`epoch 1/1`); debug(1); `over`"])
        .stderr(full)
        .output()
        .unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap().trim()), (Some(0), "over"));
}

#[test]
fn a_table_of_ones_own_is_trained_on_and_its_columns_are_named_on_the_command_line() {
    let folder = script(
        "let o = options(#{ data: \"sample\", train: \"2000\", test: \"2000\", text_column: \"text\", label_column: \"label\" });\n\
         let r = imdb::load(o + #{ vectors: \"none\" });\nprint(`${r.train.len()} ${r.test.len()} ${r.class_names}`);",
    );
    let rows: String = (0..20).map(|i| format!("film {i},{}\n", ["positive", "negative"][i % 2])).collect();
    std::fs::write(folder.path().join("mine.csv"), format!("review,sentiment\n{rows}")).unwrap();
    let arguments = ["s.rhai", "data=mine.csv", "train=all", "test=negative[:1] + positive[:2]"];
    let named = ["text_column=review", "label_column=sentiment"];
    let (code, out, err) = imdbsh(folder.path(), &[&arguments[..], &named].concat());
    assert_eq!((code, out.as_str()), (0, "16 3 [\"negative\", \"positive\"]\n"), "{err}");
    let expected = "mine.csv: classes 0 = negative (10), 1 = positive (10)\n\
                    mine.csv: seed 0 draws 4 of its rows for testing and leaves 16 for training\n\
                    train: 16 reviews; words in each: median 2, 95 % at most 2\n\
                    test: 3 reviews; words in each: median 2, 95 % at most 2\n";
    assert_eq!(err, expected);
    let (code, _, err) = imdbsh(folder.path(), &arguments);
    assert_eq!(code, 1);
    assert!(err.contains("mine.csv has no column `text` (its first line names `review`, `sentiment`"), "{err}");
}
