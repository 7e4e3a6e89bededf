//! Ways out of the folders that scripts may reach, and none of them works.

use super::world::{SECRET, World, everything};
use assert_cmd::Command;
use std::fs;
use std::os::unix::fs::symlink;

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
    // Through the objects that read and write for others.
    ("tokenizer(\"OUT/vocab.txt\").word(5)", "access"),
    ("tokenizer(\"vocab.txt\").word(5)", "access"),
    ("tokenizer(\"model\").word(5)", "file"),
    ("bert(\"model\")", "file"),
    ("bert_config(\"model\").name", "file"),
    ("bert_config(\"link\").name", "access"),
    ("runs::history(\"OUT\")", "access"),
    ("runs::history(\"link\")", "access"),
    ("runs::open(\"link\").config.name", "access"),
    ("runs::config(\"link\").name", "access"),
    ("plot(\"link\")", "access"),
    ("plot([\"link\"])", "access"),
    ("plot_schedule(|s| 1.0, 2, #{ file: \"OUT/new.png\" })", "access"),
    ("read_json(\"sub/up/secret.json\")", "access"),
    ("read_json_lines(\"link/secret.jsonl\")", "access"),
    ("load_vocabulary(\"link/secret.json\")", "access"),
    ("load_tensors(\"OUT/secret.txt\")", "access"),
    ("call_script(\"link/m.rhai\", \"f\", [])", "access"),
    ("import \"sub/up/m\" as m; m::f()", "access"),
    ("import \"OUT/secret.txt\" as m;", "access"),
    ("import \"link.txt\" as m;", "access"),
    ("imdb::load(#{ data: \"OUT\" })", "access"),
    ("imdb::load(#{ data: \"link\" })", "access"),
    ("read_reviews(\"sub/up\", \"train\", \"pos\", 0..1).texts[0]", "access"),
    ("read_reviews(\".\", \"../outside/train\", \"pos\", 0..1).texts[0]", "file"),
    ("word_vectors(\"vectors.vec\", []).dimensions", "access"),
    // Names of what lies outside, which are asked for by another name.
    ("bert(\"link/train\")", "access"),
    ("bert(\"sub/up\")", "access"),
    ("tokenizer(\"link\")", "access"),
    ("path_exists(\"dangling.txt\")", "access"),
    ("path_exists(\"link\")", "access"),
    ("list_folder(\"root\")", "access"),
    ("list_folder(\"sub/up/train\")", "access"),
    // Below what stands open, and through what the system gives a name.
    ("read_text(\"/proc/self/fd/3/../outside/secret.txt\")", "access"),
    ("read_text(\"/dev/fd/0\")", "access"),
    ("read_text(\"/dev/tty\")", "access"),
    ("read_text(\"root/etc/passwd\")", "access"),
    ("read_text(\"root/../root/etc/passwd\")", "access"),
    ("list_folder(\"/proc/self/fd\")", "access"),
    ("write_text(\"dangling.txt/x\", \"x\")", "access"),
    ("write_text(\"link/../new.txt\", \"x\")", "access"),
    ("make_folder(\"dangling.txt\")", "access"),
    ("vocabulary(texts([\"x\"]).split()).save(\"link/new.json\")", "access"),
    ("save_tensors(\"sub/up/new.safetensors\", #{ a: ones(1) })", "access"),
];

#[test]
fn no_way_out_works() {
    let world = World::new();
    let before = everything(&world.outside());
    assert!(WAYS_OUT.len() >= 100, "{}", WAYS_OUT.len());
    let attempt = |(way, _): &(&str, &str)| format!("try {{ print({{ {way} }}); }} catch (e) {{ print(e.kind); }}\n");
    let (printed, all) = world.run(&[], &WAYS_OUT.iter().map(attempt).collect::<String>());
    let kinds: Vec<&str> = printed.lines().collect();
    assert_eq!(kinds.len(), WAYS_OUT.len(), "{all}");
    let wrong = WAYS_OUT.iter().zip(kinds).filter(|((_, kind), printed)| kind != printed);
    let wrong: Vec<String> =
        wrong.map(|((way, kind), got)| format!("{way}: expected an error of kind {kind}, got {got}")).collect();
    assert!(wrong.is_empty() && !all.contains(SECRET), "{}\n{all}", wrong.join("\n"));
    assert_eq!(before, everything(&world.outside()));
    assert!(!world.root.path().join("new.txt").exists() && !world.root.path().join("new.png").exists());
}

#[test]
fn a_link_is_replaced_by_what_is_written_and_its_target_is_not_touched() {
    let world = World::new();
    let before = everything(&world.outside());
    for name in ["link.txt", "dangling.txt"] {
        let (printed, all) = world.run(&[], &format!("write_text(\"{name}\", \"x\"); print(read_text(\"{name}\"));"));
        assert_eq!(printed, "x", "{all}");
    }
    // A pipe or a device is somebody's, and no file takes its place.
    let (_, all) = world.run(&[], "write_text(\"pipe\", \"x\")");
    assert!(all.contains("cannot write pipe: it is a device or a pipe"), "{all}");
    assert!(!world.inside().join("pipe").is_file());
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
