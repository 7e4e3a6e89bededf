//! What gives a right: the command line, and what the program itself has made. No name, and no file that a script can write.

use super::world::{SECRET, World, everything};
use assert_cmd::Command;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Exit code, stdout and stderr.
fn imdbsh(world: &World, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    command.args(["--threads", "1"]).args(arguments).current_dir(world.inside());
    command.env_remove("IMDBSH_DATA").env_remove("IMDBSH_PATH").timeout(std::time::Duration::from_secs(60));
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A run of nothing, in `outside/run`.
fn a_run(world: &World) -> String {
    let run = world.outside().join("run").display().to_string();
    let (code, _, err) = imdbsh(world, &["--run-dir", &run, "-e", "run_folder(#{}, #{});"]);
    assert_eq!(code, 0, "{err}");
    run
}

/// Exchanges a piece of a run's `config.json`, as a script in the run could.
fn change(run: &str, from: &str, to: &str) {
    let config = Path::new(run).join("config.json");
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(config, text.replacen(from, to, 1)).unwrap();
}

/// What stands in `stdlib/` takes the place of a module of the program's, and runs when that is read, whichever command reads it.
#[test]
fn a_module_of_the_folder_is_a_guest_of_every_command() {
    let world = World::new();
    let (inside, outside) = (world.inside(), world.outside());
    fs::create_dir(inside.join("stdlib")).unwrap();
    let text = "let secret = read_text(\"OUT/secret.txt\");\nwrite_text(\"OUT/leak.txt\", secret);\nwrite_text(\"leak.txt\", secret);";
    fs::write(inside.join("stdlib/prelude.rhai"), text.replace("OUT", &outside.display().to_string())).unwrap();
    fs::write(inside.join("suite.rhai"), "fn test_nothing() { }").unwrap();
    for arguments in [&["doc", "matmul"][..], &["test", "suite.rhai"], &["-e", "1"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(arguments).current_dir(&inside).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("--allow-read"), "{arguments:?}: {said}");
        assert!(!outside.join("leak.txt").exists() && !inside.join("leak.txt").exists(), "{arguments:?}");
    }
}

#[test]
fn a_module_that_runs_for_ever_or_breaks_the_parser_is_an_error_of_every_command() {
    let world = World::new();
    fs::create_dir(world.inside().join("stdlib")).unwrap();
    fs::write(world.inside().join("suite.rhai"), "fn test_nothing() { }").unwrap();
    for (text, part) in [
        ("loop {}", "stopped after 100000 operations"),
        ("let a = []; loop { a.push(blob(1000000)); }", "left for texts, arrays and maps"),
        ("fn f(x) { f(x) } f(1)", "Stack overflow"),
        ("x.pause.y()", "stdlib/prelude.rhai: "),
    ] {
        fs::write(world.inside().join("stdlib/prelude.rhai"), text).unwrap();
        for arguments in [&["doc", "matmul"][..], &["test", "suite.rhai"], &["-e", "1"]] {
            let limits = ["--max-operations", "100000", "--max-memory", "1G"];
            let (code, _, err) = imdbsh(&world, &[&limits[..], arguments].concat());
            assert!([1, 2].contains(&code) && err.contains(part), "{text}: {arguments:?}: {code} {err}");
        }
    }
}

#[test]
fn what_a_script_left_in_the_library_runs_with_no_more_than_the_script_had_and_is_said() {
    let world = World::new();
    let (inside, outside) = (world.inside(), world.outside().display().to_string());
    let (code, _, err) = imdbsh(&world, &["-e", "write_text(\"stdlib\", \"\");"]);
    assert_eq!(code, 0, "{err}");
    fs::remove_file(inside.join("stdlib")).unwrap();
    let leak = format!(
        "make_folder(\"stdlib/metrics\"); write_text(\"stdlib/metrics/mine.rhai\", `print(read_text(\"{outside}/secret.txt\"));`);"
    );
    let (code, _, err) = imdbsh(&world, &["-e", &leak]);
    assert_eq!(code, 0, "{err}");
    let secret = world.outside().join("secret.txt");
    fs::write(inside.join("s.rhai"), "1").unwrap();
    fs::write(inside.join("test_s.rhai"), "fn test_nothing() { }").unwrap();
    for arguments in [&["-e", "1"][..], &["doc", "accuracy"], &["s.rhai"], &["test", "test_s.rhai"]] {
        // What this run may read is more than the script that wrote it could.
        for flag in ["--allow-read", "--allow-write"] {
            let (code, out, err) = imdbsh(&world, &[&[flag, &outside], arguments].concat());
            assert!(code != 0 && err.contains("may be a script's work") && err.contains("IMDBSH_PATH"), "{err}");
            assert!(!out.contains(SECRET), "{out}");
        }
        let (code, _, err) = imdbsh(&world, arguments);
        assert!(code != 0 && err.contains(&format!("cannot read {}", secret.display())), "{err}");
    }
    // Harmless, it is taken, and said; and where the user names the folder.
    fs::write(inside.join("stdlib/metrics/mine.rhai"), "fn mine(scores, labels) { 0.5 }").unwrap();
    let said = "with stdlib/metrics/mine.rhai of your own in the standard library\n";
    assert_eq!(imdbsh(&world, &["-e", "metrics::mine(1, 2)"]), (0, "0.5\n".into(), said.into()));
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(["--allow-read", &outside, "-e", "metrics::mine(1, 2)"])
        .current_dir(&inside)
        .env("IMDBSH_PATH", "stdlib")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0.5\n", "{output:?}");
    // A copy that says the same as the program's own is none.
    fs::remove_dir_all(inside.join("stdlib")).unwrap();
    fs::create_dir(inside.join("stdlib")).unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib/prelude.rhai");
    fs::copy(own, inside.join("stdlib/prelude.rhai")).unwrap();
    assert_eq!(imdbsh(&world, &["--allow-read", &outside, "-e", "1"]), (0, "1\n".into(), String::new()));
}

#[test]
fn a_library_that_a_link_leads_out_to_is_not_read() {
    let world = World::new();
    fs::create_dir(world.inside().join("stdlib")).unwrap();
    fs::write(world.outside().join("mine.rhai"), format!("{SECRET} is no Rhai")).unwrap();
    for (link, to) in [("stdlib/schedule.rhai", "mine.rhai"), ("stdlib/metrics", "")] {
        symlink(world.outside().join(to), world.inside().join(link)).unwrap();
        let (code, out, err) = imdbsh(&world, &["-e", "metrics::mine()"]);
        assert!(code != 0 && !format!("{out}{err}").contains(SECRET), "{out}{err}");
        fs::remove_file(world.inside().join(link)).unwrap();
    }
}

#[test]
fn the_folders_of_further_runs_are_made_and_never_found() {
    let world = World::new();
    let run = world.outside().join("run");
    for name in ["run-2", "run-3", "run-5"] {
        fs::create_dir(world.outside().join(name)).unwrap();
    }
    fs::remove_dir(world.outside().join("run-3")).unwrap();
    symlink(world.outside().join("empty"), world.outside().join("run-3")).unwrap();
    fs::write(world.outside().join("run-2/notes.txt"), "mine").unwrap();
    let before = everything(&world.outside());
    let script = "for i in 0..3 { print(run_folder(#{}, #{}).path); }\n\
                  for other in [\"run-2/notes.txt\", \"run-2/new.txt\", \"run-3/new.txt\", \"run-5/new.txt\", \"run-7/new.txt\", \"new.txt\"] {\n\
                      try { write_text(`OUT/${other}`, \"gone\"); print(other); } catch (e) { if e.kind != \"access\" { throw e; } }\n\
                  }\n\
                  write_text(\"OUT/run-4/new.txt\", \"x\");";
    let script = script.replace("OUT", &world.outside().display().to_string());
    let (code, out, err) = imdbsh(&world, &["--run-dir", run.to_str().unwrap(), "-e", &script]);
    let made = ["run", "run-4", "run-6"].map(|name| world.outside().join(name));
    let paths: String = made.iter().map(|path| format!("{}\n", path.display())).collect();
    assert_eq!((code, out), (0, paths), "{err}");
    made.iter().for_each(|path| fs::remove_dir_all(path).unwrap());
    assert_eq!(before, everything(&world.outside()));
}

#[test]
fn a_run_folder_is_gone_on_with_and_what_it_names_is_not() {
    let world = World::new();
    let run = a_run(&world);
    let other = world.outside().join("run-2");
    fs::create_dir(&other).unwrap();
    fs::copy(Path::new(&run).join("config.json"), other.join("config.json")).unwrap();
    symlink(&other, Path::new(&run).join("run-0")).unwrap();
    symlink(&other, world.inside().join("run-0")).unwrap();
    let before = everything(&other);
    let script = |text: &str| fs::write(Path::new(&run).join("script.rhai"), text).unwrap();
    let mut earlier = "[]".to_string();
    for name in [other.display().to_string(), format!("{run}/run-0"), "run-0".into(), format!("{run}/../run-2")] {
        let next = format!("[\"{name}\"]");
        change(&run, &format!("\"earlier\": {earlier}"), &format!("\"earlier\": {next}"));
        earlier = next;
        script("run_folder(#{}, #{});");
        let (code, _, err) = imdbsh(&world, &["resume", &run]);
        assert!(code == 1 && err.contains(" is to go on: cannot write ") && err.contains("--allow-write"), "{err}");
        script(&format!("write_text(\"{}/new.txt\", \"x\");", other.display()));
        let (code, _, err) = imdbsh(&world, &["resume", &run]);
        assert!(code == 1 && err.contains("cannot write"), "{err}");
        assert_eq!(before, everything(&other), "{name}");
    }
    // Named on the command line, they go on.
    script("run_folder(#{}, #{}); run_folder(#{}, #{});");
    let (code, _, err) = imdbsh(&world, &["resume", &run, "--allow-write", other.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn nothing_that_stands_in_a_run_folder_is_a_right() {
    let world = World::new();
    let outside = world.outside().display().to_string();
    let run = a_run(&world);
    let lib = world.outside().join("stdlib");
    fs::create_dir(&lib).unwrap();
    fs::write(lib.join("prelude.rhai"), "print(\"theirs\");").unwrap();
    fs::write(world.outside().join("s.rhai"), format!("print(\"{SECRET}\");")).unwrap();
    // Its script was not where it says; nothing there is read, neither as a library nor as the script itself.
    change(&run, "\"file\": null", &format!("\"file\": \"{outside}/s.rhai\""));
    let (code, out, err) = imdbsh(&world, &["resume", &run]);
    assert!(
        code == 0 && out.is_empty() && err.contains("the folder in which the script was: cannot read"),
        "{out}{err}"
    );
    let (code, out, err) = imdbsh(&world, &["resume", &run, "--edited"]);
    assert!(code == 2 && err.contains("cannot read the script: ") && err.contains("--allow-read"), "{err}");
    assert!(!format!("{out}{err}").contains(SECRET));
    let (code, out, err) = imdbsh(&world, &["resume", &run, "--edited", "--allow-read", &outside]);
    assert!(code == 0 && out == format!("theirs\n{SECRET}\n"), "{out}{err}");
    // Flags are those of the command line.
    for key in ["allow_read", "allow-read", "allow_write", "data", "run_dir"] {
        change(&run, "{\n", &format!("{{\n  \"{key}\": [\"{outside}\"],\n"));
    }
    fs::write(Path::new(&run).join("script.rhai"), format!("read_text(\"{outside}/secret.txt\")")).unwrap();
    let (code, out, err) = imdbsh(&world, &["resume", &run]);
    assert!(code == 1 && err.contains("cannot read") && !out.contains(SECRET), "{out}{err}");
    // More threads than the machine has memory for.
    change(&run, "\"threads\": 1", "\"threads\": 65000");
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.args(["resume", &run]).current_dir(world.inside()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("65000 threads"), "{output:?}");
}

#[test]
fn links_in_a_run_folder_lead_nowhere() {
    for file in ["config.json", "script.rhai", "metrics.jsonl", "checkpoints", "checkpoints/e0001-s000001.json"] {
        let world = World::new();
        let run = a_run(&world);
        let target = world.root.path().join("theirs");
        let path = Path::new(&run).join(file);
        match file {
            "checkpoints" => fs::create_dir(&target).unwrap(),
            "config.json" => drop(fs::rename(&path, &target)),
            _ => fs::write(&target, format!("\"{SECRET}\"")).unwrap(),
        }
        if !file.ends_with("script.rhai") {
            let text =
                "let run = run_folder(#{}, #{}); resume(run, #{ epoch: 0 }); checkpoint(run, #{ epoch: 1, step: 1 });";
            fs::write(Path::new(&run).join("script.rhai"), text).unwrap();
        }
        let before = if target.is_dir() { None } else { Some(fs::read(&target).unwrap()) };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        symlink(&target, &path).unwrap();
        let (_, out, err) = imdbsh(&world, &["resume", &run]);
        assert!(!format!("{out}{err}").contains(SECRET), "{file}: {out}{err}");
        match before {
            None => assert!(everything(&target).is_empty(), "{file}"),
            Some(bytes) => assert_eq!(fs::read(&target).unwrap(), bytes, "{file}"),
        }
    }
}
