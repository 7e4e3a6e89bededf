//! Paths that are not UTF-8, files that may not grow, and numbers in files that no machine can have.
#![cfg(unix)]

use crate::common::runs::{Place, SCRIPT};
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, process::Command};

/// The program behind a shell's `ulimit`.
fn limited(place: &Place, limit: &str, arguments: &str) -> (Option<i32>, String) {
    let line = format!("ulimit {limit}; exec {} --threads 1 {arguments}", env!("CARGO_BIN_EXE_imdbsh"));
    let output = Command::new("sh").current_dir(place.path("")).args(["-c", &line]).output().unwrap();
    (
        output.status.code(),
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat(),
    )
}

#[test]
fn a_file_that_may_not_grow_is_an_error_of_writing() {
    let place = Place::new();
    let (code, all) = limited(&place, "-f 0", "-e 'try { write_text(`t`, `abc`); } catch (e) { print(e.kind) }'");
    assert_eq!((code, all.as_str()), (Some(0), "file\n"));
    let (code, all) = limited(&place, "-f 8", "--run-dir run s.rhai");
    assert!(code == Some(1) && all.contains("File too large"), "{code:?} {all}");
    let (code, _) = limited(&place, "-f 0", "-e 'for i in 0..100 { print(i) }' > out");
    assert_eq!(code, Some(1));
}

#[test]
fn few_files_and_little_memory_are_enough_or_an_error() {
    let place = Place::new();
    for limit in ["-n 64", "-v 1500000", "-v 3000000"] {
        let (code, all) = limited(&place, limit, "--run-dir run s.rhai epochs=1");
        assert!(matches!(code, Some(0 | 1)) && !all.contains("itself failed"), "{limit}: {code:?} {all}");
        let _ = fs::remove_dir_all(place.path("run"));
    }
}

#[test]
fn a_training_may_stand_where_no_name_is_utf8() {
    let place = Place::new();
    let inner = place.path("").join(OsStr::from_bytes(b"d\xff"));
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("s.rhai"), SCRIPT).unwrap();
    for arguments in [&["--run-dir", "run", "s.rhai", "epochs=1"][..], &["resume", "run", "epochs=2"]] {
        let output = place.command(arguments).current_dir(&inner).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_number_of_threads_that_cannot_be_meant_is_refused() {
    let place = Place::new();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=1"]);
    let file = place.path("run").join("config.json");
    let text = fs::read_to_string(&file).unwrap();
    for wrong in ["0", "1000000000", "-1", "1.5", "\"x\"", "[]"] {
        let text: Vec<String> = text
            .lines()
            .map(|line| if line.contains("\"threads\"") { format!("\"threads\": {wrong},") } else { line.into() })
            .collect();
        fs::write(&file, text.join("\n")).unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_imdbsh")).current_dir(place.path("")).args(["resume", "run"]).output();
        let output = output.unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains("threads, it says"), "{wrong}: {err}");
    }
    for wrong in ["0", "65535", "many"] {
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(["--threads", wrong, "-e", "1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn an_encoder_of_a_size_that_no_machine_has_is_refused_at_once() {
    let place = Place::new();
    for sizes in
        ["num_hidden_layers: 2000000", "hidden_size: 16777216, num_attention_heads: 2", "intermediate_size: 16777216"]
    {
        let script = format!("try {{ bert(#{{ {sizes} }}) }} catch (e) {{ print(e.kind) }}");
        let output = place.command(&["--max-seconds", "60", "-e", &script]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "memory\n", "{sizes}");
    }
}
