//! Paths that are not UTF-8, a folder that is gone, files that may not grow, few files and threads, and numbers that no machine can have.
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

/// Neither an abort, nor a panic, nor silence.
fn is_answered(what: &str, (code, all): (Option<i32>, String)) {
    assert!(matches!(code, Some(0 | 1)), "{what}: {code:?} {all}");
    assert!(code == Some(0) || all.contains("error: "), "{what}: {all}");
    for bad in ["itself failed", "panicked", "fatal runtime", "libgomp", "thread failed"] {
        assert!(!all.contains(bad), "{what}: {all}");
    }
}

#[test]
fn how_few_files_there_may_be_the_program_says_so() {
    let place = Place::new();
    // With fewer than 4, the system cannot load its libraries.
    for files in [4, 6, 9, 11, 12, 13, 15, 20, 45, 52] {
        for arguments in ["--run-dir run s.rhai epochs=1", "-e 'print(randn([2]).shape)'"] {
            is_answered(&format!("-n {files} {arguments}"), limited(&place, &format!("-n {files}"), arguments));
            let _ = fs::remove_dir_all(place.path("run"));
        }
    }
    let (_, all) = limited(&place, "-n 12", "-e 1");
    assert!(all.contains("more files have to be opened, and the system opens ") && all.contains("ulimit -n"), "{all}");
}

/// The program as another user, who may have so many processes; nothing where that cannot be done here.
#[cfg(target_os = "linux")]
fn crowded(place: &Place, processes: usize, threads: &str, arguments: &[&str]) -> Option<(Option<i32>, String)> {
    // The limit is no other's: nobody else is this user. It may read libtorch wherever that is.
    const READS: &str = "+dac_override,+dac_read_search";
    let mut command = Command::new("prlimit");
    command.arg(format!("--nproc={processes}"));
    command.args(["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "--inh-caps", READS]);
    command.args(["--ambient-caps", READS, env!("CARGO_BIN_EXE_imdbsh"), "--threads", threads]).args(arguments);
    command.current_dir(place.path("")).env("HOME", place.path("")).env_remove("XDG_CACHE_HOME");
    let output = command.output().ok()?;
    let all = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    (!all.contains("setpriv: ") && !all.contains("prlimit: ")).then_some((output.status.code(), all))
}

#[cfg(target_os = "linux")]
#[test]
fn how_few_threads_there_may_be_the_program_says_so() {
    let place = Place::new();
    if crowded(&place, 1000, "1", &["--version"]).is_none() {
        eprintln!("skipped: prlimit and setpriv cannot make the program another user's here");
        return;
    }
    let fit = &["--run-dir", "run", "s.rhai", "epochs=1"][..];
    let products =
        &["--max-seconds", "100", "-e", "texts([`a b`]).split(); randn([300, 300]).matmul(randn([300, 300])).shape"];
    let fetch = &["fetch", "glove", "--from", "http://127.0.0.1:9"];
    let few = (1..=11).flat_map(|processes| [(processes, &products[..]), (processes, fetch)]);
    for (processes, arguments) in few.chain([(4, fit), (12, fit), (13, fit), (13, fetch), (13, products)]) {
        is_answered(&format!("{processes} processes"), crowded(&place, processes, "2", arguments).unwrap());
        let _ = fs::remove_dir_all(place.path("run"));
    }
    let (code, all) = crowded(&place, 4, "2", &["-e", "1"]).unwrap();
    assert!(code == Some(1) && all.contains("10 more threads have to be started, and the system starts 1"), "{all}");
    assert!(all.contains("fewer than --threads 2"), "{all}");
    assert_eq!(crowded(&place, 11, "1", &["-e", "1"]).unwrap(), (Some(0), "1\n".into()));
}

#[test]
fn a_current_folder_that_is_gone_stops_only_what_needs_it() {
    let place = Place::new();
    let gone = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_imdbsh");
        let line = format!("mkdir gone; cd gone; rmdir ../gone; exec {program} --threads 1 {arguments}");
        let output = Command::new("sh").current_dir(place.path("")).args(["-c", &line]).output().unwrap();
        let all = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (output.status.code(), all)
    };
    for (arguments, part) in [("--help", "Usage: imdbsh"), ("--version", "imdbsh "), ("doc matmul", "matmul(")] {
        let (code, all) = gone(arguments);
        assert!(code == Some(0) && all.contains(part), "{arguments}: {code:?} {all}");
    }
    assert_eq!(gone("-e 'print(ones([2]).sum().item())'"), (Some(0), "2.0\n".into()));
    let script = place.path("s.rhai").display().to_string();
    let run = place.path("run").display().to_string();
    let (code, all) = gone(&format!("--run-dir {run} {script} epochs=1"));
    assert!(code == Some(0) && place.path("run").join("model.safetensors").exists(), "{all}");
    for (arguments, wanted) in [
        ("s.rhai", 2),
        ("resume run", 2),
        (&*format!("{script} epochs=1"), 1),
        ("--run-dir here -e 'run_folder(#{}, #{})'", 1),
        ("-e 'write_text(`x`, `1`)'", 1),
        ("-e 'read_text(`../s.rhai`)'", 1),
    ] {
        let (code, all) = gone(arguments);
        assert!(code == Some(wanted) && all.contains("is gone"), "{arguments}: {code:?} {all}");
    }
    assert!(!place.path("x").exists() && !std::path::Path::new("/x").exists());
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

#[test]
fn layers_of_a_size_that_no_machine_has_are_refused_before_the_first_is_made() {
    let place = Place::new();
    for (layers, kind) in [
        ("lstm(8, 8, #{ layers: 1073741824 })", "memory"),
        ("bilstm(1, 1, #{ layers: 10000000 })", "memory"),
        ("lstm(1, 1073741824)", "memory"),
        ("linear(1073741824, 1073741824)", "memory"),
        ("embedding(1073741824, 1073741824)", "memory"),
        ("linear(3, 2).forward(ones([1]).expand([100000000000, 3]))", "memory"),
        ("linear(100000000000, 2)", "value"),
        ("lstm(8, 9223372036854775807)", "value"),
    ] {
        let script = format!("try {{ {layers} }} catch (e) {{ print(e.kind) }}");
        let output = place.command(&["--max-seconds", "60", "--max-memory", "2G", "-e", &script]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{kind}\n"), "{layers}");
    }
}
