//! Scripts are guests: ways out of the folders that they may reach, and none of them works.

#![cfg(unix)]

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SECRET: &str = "the-secret-of-somebody-else";

/// A folder `inside`, where scripts run, and `outside`, where they have no business.
struct World {
    root: TempDir,
}

impl World {
    fn new() -> World {
        let world = World { root: tempfile::tempdir().unwrap() };
        let (inside, outside) = (world.inside(), world.outside());
        for folder in [inside.join("sub"), outside.join("empty"), outside.join("train/pos")] {
            fs::create_dir_all(folder).unwrap();
        }
        for name in ["secret.txt", "secret.json", "secret.jsonl", "train/pos/0_9.txt"] {
            fs::write(outside.join(name), format!("\"{SECRET}\"\n")).unwrap();
        }
        fs::write(outside.join("secret.csv"), format!("review,sentiment\n{SECRET},pos\n{SECRET},neg\n")).unwrap();
        fs::write(outside.join("m.rhai"), format!("fn f() {{ \"{SECRET}\" }}")).unwrap();
        fs::write(outside.join("secret.vec"), format!("{SECRET} 1.0 2.0\n")).unwrap();
        fs::write(outside.join("config.json"), format!("{{\"name\": \"{SECRET}\"}}")).unwrap();
        symlink(outside.join("secret.txt"), inside.join("link.txt")).unwrap();
        symlink("../outside/secret.txt", inside.join("relative.txt")).unwrap();
        symlink("link.txt", inside.join("chain.txt")).unwrap();
        symlink("../../outside", inside.join("sub/up")).unwrap();
        symlink(&outside, inside.join("link")).unwrap();
        symlink(outside.join("m.rhai"), inside.join("linked.rhai")).unwrap();
        symlink("loop", inside.join("loop")).unwrap();
        symlink("/dev/zero", inside.join("zero")).unwrap();
        symlink("/proc", inside.join("proc")).unwrap();
        symlink("/", inside.join("root")).unwrap();
        symlink(outside.join("new.txt"), inside.join("dangling.txt")).unwrap();
        nix::unistd::mkfifo(&inside.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        world
    }

    fn inside(&self) -> PathBuf {
        self.root.path().join("inside")
    }

    fn outside(&self) -> PathBuf {
        self.root.path().join("outside")
    }

    /// What the script prints, and all that comes out of the program.
    fn run(&self, flags: &[&str], script: &str) -> (String, String) {
        let script = script.replace("OUT", &self.outside().display().to_string());
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
            .args(flags)
            .args(["-e", &script])
            .current_dir(self.inside())
            .env("MY_SECRET", SECRET)
            .env("HF_HUB_OFFLINE", "1")
            .env("HF_HUB_CACHE", self.root.path().join("hub"))
            .env_remove("IMDBSH_DATA")
            .timeout(std::time::Duration::from_secs(60))
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (out.trim().to_string(), format!("{out}{err}"))
    }
}

/// All files below a folder with their contents, folders as `None`.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, Some(bytes));
        }
    }
    found
}

/// What is tried, and of which kind the error is.
const WAYS_OUT: &[(&str, &str)] = &[
    // Ways to spell a path.
    ("read_text(\"OUT/secret.txt\")", "access"),
    ("read_text(\"../outside/secret.txt\")", "access"),
    ("read_text(\"sub/../../outside/secret.txt\")", "access"),
    ("read_text(\"nowhere/../../outside/secret.txt\")", "access"),
    ("read_text(\"././sub/.././../outside/./secret.txt\")", "access"),
    ("read_text(\"/OUT/secret.txt\")", "access"),
    ("read_text(\"link.txt\")", "access"),
    ("read_text(\"relative.txt\")", "access"),
    ("read_text(\"chain.txt\")", "access"),
    ("read_text(\"link/secret.txt\")", "access"),
    ("read_text(\"sub/up/secret.txt\")", "access"),
    ("read_text(\"link/../outside/secret.txt\")", "access"),
    ("read_text(\"rootOUT/secret.txt\")", "access"),
    ("read_text(\"loop\")", "file"),
    ("read_text(\"~/secret.txt\")", "file"),
    ("read_text(\"file://OUT/secret.txt\")", "file"),
    ("read_text(\"sub\\x00/../../outside/secret.txt\")", "access"),
    ("read_text(\"\")", "file"),
    // What is no file.
    ("read_text(\"/proc/self/environ\")", "access"),
    ("read_text(\"proc/self/environ\")", "access"),
    ("read_text(\"/proc/self/rootOUT/secret.txt\")", "access"),
    ("read_text(\"/proc/self/cwd/../outside/secret.txt\")", "access"),
    ("read_text(\"/proc/thread-self/environ\")", "access"),
    ("read_text(\"/dev/stdin\")", "access"),
    ("read_text(\"/dev/zero\")", "access"),
    ("read_text(\"zero\")", "access"),
    ("read_text(\"pipe\")", "file"),
    ("read_text(\"sub\")", "file"),
    // Every function that reads.
    ("read_json(\"OUT/secret.json\")", "access"),
    ("read_json_lines(\"OUT/secret.jsonl\")", "access"),
    ("list_folder(\"OUT\")", "access"),
    ("list_folder(\"..\")", "access"),
    ("list_folder(\"link\")", "access"),
    ("path_exists(\"OUT/secret.txt\")", "access"),
    ("path_exists(\"link/no_secret.txt\")", "access"),
    ("load_tensors(\"link.txt\")", "access"),
    ("load_vocabulary(\"OUT/secret.json\")", "access"),
    ("linear(1, 1).load(\"link.txt\")", "access"),
    ("word_vectors(\"OUT/secret.vec\", []).table(vocabulary(texts([\"x\"]).split()))", "access"),
    ("word_vectors(\"link/secret.vec\", [])", "access"),
    ("read_reviews(\"OUT\", \"train\", \"pos\", 0..1).texts[0]", "access"),
    ("read_reviews(\"link\", \"train\", \"pos\", 0..1).texts[0]", "access"),
    ("imdb::load(#{ data: \"OUT/secret.csv\" })", "access"),
    ("imdb::load(#{ data: \"link/secret.csv\" })", "access"),
    ("imdb::load(#{ data: \"sub/up/secret.csv\" })", "access"),
    ("bert(\"OUT\")", "access"),
    ("bert_config(\"../outside\")", "access"),
    ("tokenizer(\"OUT/secret.json\")", "access"),
    ("call_script(\"OUT/m.rhai\", \"f\", [])", "access"),
    ("call_script(\"linked.rhai\", \"f\", [])", "access"),
    ("import \"OUT/m\" as m; m::f()", "access"),
    ("import \"../outside/m\" as m; m::f()", "access"),
    ("import \"linked\" as m; m::f()", "access"),
    ("import \"link/m\" as m; m::f()", "access"),
    ("runs::config(\"OUT\")", "access"),
    ("plot(\"OUT\")", "access"),
    ("training(#{}, #{}).restore(\"OUT\")", "value"),
    // Every function that writes.
    ("write_text(\"OUT/new.txt\", \"x\")", "access"),
    ("write_text(\"../outside/secret.txt\", \"x\")", "access"),
    ("write_text(\"link/new.txt\", \"x\")", "access"),
    ("write_text(\"sub/up/secret.txt\", \"x\")", "access"),
    ("write_text(\"sub/../../outside/new.txt\", \"x\")", "access"),
    ("write_text(\"/dev/stdout\", \"x\")", "access"),
    ("write_text(\"/proc/self/oom_score_adj\", \"x\")", "access"),
    ("write_text(\"../new.txt\", \"x\")", "access"),
    ("write_text(\"..\", \"x\")", "access"),
    ("write_text(\".\", \"x\")", "file"),
    ("make_folder(\"OUT/new\")", "access"),
    ("make_folder(\"../outside/new/deep\")", "access"),
    ("make_folder(\"link/new\")", "access"),
    ("save_tensors(\"OUT/new.safetensors\", #{ a: ones(1) })", "access"),
    ("linear(1, 1).save(\"link/new.safetensors\")", "access"),
    ("vocabulary(texts([\"x\"]).split()).save(\"OUT/new.json\")", "access"),
    ("plot([1, 2], #{ file: \"OUT/new.png\" })", "access"),
    ("plot_histogram([1, 2], #{ file: \"link/new.svg\" })", "access"),
    ("plot_confusion(eye(2), #{ file: \"../new.png\" })", "access"),
];

#[test]
fn no_way_out_works() {
    let world = World::new();
    let before = everything(&world.outside());
    let mut wrong = Vec::new();
    assert!(WAYS_OUT.len() >= 30);
    for (way, kind) in WAYS_OUT {
        let (printed, all) = world.run(&[], &format!("try {{ print({{ {way} }}); }} catch (e) {{ print(e.kind); }}"));
        if printed != *kind || all.contains(SECRET) {
            wrong.push(format!("{way}: expected an error of kind {kind}, got {all}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(before, everything(&world.outside()));
    assert!(!world.root.path().join("new.txt").exists() && !world.root.path().join("new.png").exists());
}

#[test]
fn a_link_is_replaced_by_what_is_written_and_its_target_is_not_touched() {
    let world = World::new();
    let before = everything(&world.outside());
    for name in ["link.txt", "dangling.txt", "pipe"] {
        let (printed, all) = world.run(&[], &format!("write_text(\"{name}\", \"x\"); print(read_text(\"{name}\"));"));
        assert_eq!(printed, "x", "{all}");
    }
    assert_eq!(before, everything(&world.outside()));
}

#[test]
fn a_run_does_not_leave_through_a_link() {
    let world = World::new();
    let before = everything(&world.outside());
    symlink(world.outside(), world.inside().join("runs")).unwrap();
    let (_, all) = world.run(&[], "run_folder(#{}, #{})");
    assert!(all.contains("cannot make the folder runs") && all.contains("--allow-write"), "{all}");
    assert_eq!(before, everything(&world.outside()));
}

#[test]
fn the_error_says_what_is_allowed_and_what_would_allow_more() {
    let world = World::new();
    let (inside, outside) = (world.inside().canonicalize().unwrap(), world.outside().canonicalize().unwrap());
    let (_, all) = world.run(&[], "read_text(\"link.txt\")");
    let expected = format!(
        "cannot read link.txt (it leads to {out}/secret.txt): a script reads only below {}",
        inside.display(),
        out = outside.display()
    );
    assert!(all.contains(&expected), "{all}");
    assert!(all.contains(&format!("--allow-read {} would allow it", outside.display())), "{all}");
    let (_, all) = world.run(&[], "write_text(\"../a.txt\", \"x\")");
    assert!(all.contains("--allow-write"), "{all}");
}

#[test]
fn what_the_user_allows_is_allowed() {
    let world = World::new();
    let outside = world.outside().display().to_string();
    let (printed, all) = world.run(&["--allow-read", &outside], "print(read_text(\"link.txt\"));");
    assert_eq!(printed, format!("\"{SECRET}\""), "{all}");
    let (printed, _) = world.run(
        &["--allow-read", &outside],
        "try { write_text(\"link/new.txt\", \"x\"); print(\"written\"); } catch (e) { print(e.kind); }",
    );
    assert_eq!(printed, "access");
    let (printed, all) = world.run(
        &["--allow-write", &outside],
        "write_text(\"OUT/new.txt\", \"x\"); write_text(\"link/more.txt\", \"y\"); print(read_text(\"link/new.txt\"));",
    );
    assert_eq!(printed, "x", "{all}");
    assert_eq!(fs::read(world.outside().join("more.txt")).unwrap(), b"y");
    let (_, all) = world.run(&["--allow-read", "no/such/folder"], "1");
    assert!(all.contains("no/such/folder"), "{all}");
}

#[test]
fn a_run_folder_that_the_user_names_may_lie_anywhere() {
    let world = World::new();
    let run = world.outside().join("run").display().to_string();
    let (_, all) =
        world.run(&["--run-dir", &run], "let r = run_folder(#{}, #{}); checkpoint(r, #{ net: linear(1, 1) });");
    assert!(world.outside().join("run/config.json").is_file(), "{all}");
    assert!(world.outside().join("run/checkpoints").is_dir(), "{all}");
}

#[test]
fn data_beside_the_script_is_read_and_so_are_its_imports() {
    let world = World::new();
    let script = world.outside().join("main.rhai");
    fs::write(&script, "import \"m\" as m; m::f(); word_vectors(\"secret.vec\", []); print(\"done\");").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_imdbsh")).arg(&script).current_dir(world.inside()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "done", "{output:?}");
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

/// While a folder is exchanged for a link that leads out, over and over, a script opens what is below it.
#[cfg(target_os = "linux")]
#[test]
fn a_race_gains_nothing() {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use std::sync::atomic::{AtomicBool, Ordering};

    let world = World::new();
    let (swap, other) = (world.inside().join("swap"), world.inside().join("other"));
    fs::create_dir(&swap).unwrap();
    fs::write(swap.join("secret.txt"), "harmless").unwrap();
    symlink(world.outside(), &other).unwrap();
    let before = everything(&world.outside());
    let stop = AtomicBool::new(false);
    let exchanged = std::thread::scope(|scope| {
        let exchange = scope.spawn(|| {
            let mut count = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                renameat_with(CWD, &swap, CWD, &other, RenameFlags::EXCHANGE).unwrap();
                count += 1;
            }
            count
        });
        let (printed, all) = world.run(
            &[],
            r#"let counts = #{ read: 0, refused: 0 };
            for i in 0..20000 {
                try { if read_text("swap/secret.txt") == "harmless" { counts.read += 1; } else { print("out"); } }
                catch (e) { if e.kind == "access" { counts.refused += 1; } else { throw e; } }
                try { write_text("swap/new.txt", "x"); } catch (e) { if e.kind != "access" { throw e; } }
                try { list_folder("swap"); } catch (e) { if e.kind != "access" { throw e; } }
                try { make_folder("swap/folder"); } catch (e) { if e.kind != "access" { throw e; } }
            }
            print(counts.read > 0 && counts.refused > 0);"#,
        );
        stop.store(true, Ordering::Relaxed);
        assert_eq!(printed, "true", "{all}");
        exchange.join().unwrap()
    });
    assert!(exchanged > 1000, "the folder was exchanged only {exchanged} times");
    assert_eq!(before, everything(&world.outside()));
}

#[test]
fn a_script_reaches_neither_the_environment_nor_a_process_nor_the_network() {
    let world = World::new();
    for call in
        ["env(\"MY_SECRET\")", "getenv(\"MY_SECRET\")", "system(\"true\")", "exec(\"true\")", "connect(\"::1\")"]
    {
        let (printed, all) =
            world.run(&[], &format!("try {{ {call}; print(\"called\"); }} catch {{ print(\"none\"); }}"));
        assert_eq!(printed, "none", "{call}: {all}");
    }
    // A model's name is all that goes to the hub, and here the user has forbidden that.
    for name in ["127.0.0.1", "user@host/model", "http://127.0.0.1/model", "a/b/c", "..%2fmodel"] {
        let (printed, all) = world.run(&[], &format!("try {{ bert(\"{name}\"); }} catch (e) {{ print(e.kind); }}"));
        assert_eq!(printed, "file", "{name}: {all}");
    }
}
