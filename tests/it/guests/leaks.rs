//! What a script learns beside what it may read, and what foreign text does to whoever looks at it.

use super::world::{SECRET, World};
use crate::common::server::{Server, plain};
use crate::common::terminal::Terminal;
use assert_cmd::Command;
use std::fs;
use std::path::Path;

/// What prints what `call` raises, with a way to the hub that has a password.
fn caught(world: &World, call: &str, environment: &[(&str, String)]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command
        .args([
            "-e",
            &format!("try {{ {call}; print(\"done\"); }} catch (e) {{ print(`${{e.kind}}: ${{e.message}}`); }}"),
        ])
        .current_dir(world.inside())
        .env("HF_HUB_CACHE", world.root.path().join("hub"))
        .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
        .env_remove("IMDBSH_DATA")
        .env_remove("HF_HUB_OFFLINE")
        .timeout(std::time::Duration::from_secs(60))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn passwords_in_addresses_are_in_no_message_and_no_file() {
    let server = Server::new(vec![plain("404 Not Found", "", b"Repository not found")]);
    let world = World::new();
    let hub = server.base.replace("http://", "http://me:passw0rd@");
    let proxy = |value: &str| ("HTTPS_PROXY", value.to_string());
    for environment in [
        vec![("HF_ENDPOINT", hub.clone())],
        vec![("HF_ENDPOINT", "http://me:passw0rd@ no address".to_string())],
        vec![("HF_ENDPOINT", "passw0rd://me:passw0rd@x/y z".to_string())],
        vec![proxy("me:passw0rd@:x"), ("HF_ENDPOINT", "https://hub.invalid".into())],
        vec![proxy("ftp://me:passw0rd@nowhere"), ("HF_ENDPOINT", "https://hub.invalid".into())],
        vec![("ALL_PROXY", "http://me:passw0rd@[::x".to_string()), ("HF_ENDPOINT", "https://hub.invalid".into())],
    ] {
        for call in ["bert(\"me/tiny\")", "tokenizer(\"me/tiny\")"] {
            let (out, err) = caught(&world, call, &environment);
            assert!(
                out.starts_with("file: ") && !format!("{out}{err}").contains("passw0rd@"),
                "{environment:?}: {out}{err}"
            );
            assert!(!out.contains("me:passw0rd"), "{out}");
        }
    }
    assert!(!server.requests().is_empty());
}

#[test]
fn a_path_is_not_sent_to_the_hub() {
    let server = Server::new(vec![plain("404 Not Found", "", b"Repository not found")]);
    let world = World::new();
    fs::create_dir_all(world.outside().join("secret-model")).unwrap();
    fs::write(world.inside().join("a-file"), "").unwrap();
    let endpoint = [("HF_ENDPOINT", server.base.clone())];
    let names = [
        ("link/secret-model", "access"),
        ("link/secret.json", "access"),
        ("link.txt", "access"),
        ("dangling.txt", "access"),
        ("loop", "file"),
        ("loop/model", "file"),
        ("a-file", "file"),
        ("a-file/model", "file"),
        ("my_tokenizer.json", "file"),
        ("mine/vocab.txt", "file"),
        ("mine/model.safetensors", "file"),
        ("../outside", "access"),
    ];
    let calls = names
        .iter()
        .flat_map(|(name, _)| ["bert", "tokenizer", "bert_config"].map(|call| format!("{call}(\"{name}\")")));
    let attempt = |call: String| format!("try {{ {call}; print(\"done\"); }} catch (e) {{ print(e.kind); }}");
    let (out, err) = caught(&world, &calls.map(attempt).collect::<Vec<_>>().join("\n"), &endpoint);
    let found: Vec<&str> = out.lines().take(3 * names.len()).collect();
    for (found, (name, kind)) in found.chunks(3).zip(names) {
        // A tokenizer may be a file, of any name and damaged.
        assert!(found.iter().all(|found| [kind, "data"].contains(found)), "{name}: {found:?} {err}");
    }
    assert_eq!(server.requests().len(), 0, "{:?}", server.requests());
    let (out, _) = caught(&world, "bert(\"me/tiny\")", &endpoint);
    assert!(out.contains("no model called") && server.requests().len() == 1, "{out}");
}

#[test]
fn of_the_cache_a_script_reads_the_models_that_it_names() {
    let world = World::new();
    let hub = world.root.path().join("hub");
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert");
    for name in ["models--me--tiny", "models--me--other"] {
        let model = hub.join(name);
        fs::create_dir_all(model.join("snapshots/1")).unwrap();
        fs::create_dir_all(model.join("refs")).unwrap();
        fs::create_dir_all(model.join("blobs")).unwrap();
        fs::write(model.join("refs/main"), "1").unwrap();
        fs::write(model.join("blobs/secret.txt"), SECRET).unwrap();
        // As Hugging Face's own libraries keep them.
        for file in ["config.json", "model.safetensors", "tokenizer.json"] {
            fs::copy(tiny.join(file), model.join("blobs").join(file)).unwrap();
            std::os::unix::fs::symlink(format!("../../blobs/{file}"), model.join("snapshots/1").join(file)).unwrap();
        }
    }
    fs::write(hub.join("token"), SECRET).unwrap();
    let path = hub.display();
    for other in ["token", "models--me--other/blobs/secret.txt", "models--me--other/snapshots/1/config.json"] {
        let call =
            format!("bert(\"me/tiny\"); tokenizer(\"me/tiny\"); print(\"loaded\"); read_text(\"{path}/{other}\")");
        let (out, err) = caught(&world, &call, &[]);
        assert!(out.starts_with("loaded\naccess: ") && !out.contains(SECRET), "{out}{err}");
    }
    let (out, err) = caught(&world, &format!("bert(\"me/tiny\"); list_folder(\"{path}\")"), &[]);
    assert!(out.starts_with("access: "), "{out}{err}");
}

/// Sets the title of the terminal, writes the clipboard, goes up a line, and clears it.
const ESCAPES: &str = "\\x1b]0;owned\\x07\\x1b]52;c;b3duZWQ=\\x07\\x1b[1A\\x1b[2K\\u009b31m";

/// What no foreign text may have brought to a terminal.
fn is_clean(bytes: &str) -> bool {
    !["\x1b]", "\x1b[1A\x1b[2K", "\u{9b}", "\x07"].iter().any(|bad| bytes.contains(bad))
}

#[test]
fn what_steers_a_terminal_is_shown_and_not_obeyed() {
    let world = World::new();
    let escapes = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[1A\x1b[2K\u{9b}31m";
    fs::write(world.inside().join("review.txt"), format!("a review {escapes}")).unwrap();
    fs::write(world.inside().join(format!("{escapes}.rhai")), "throw \"from a file\"; ").unwrap();
    fs::write(world.inside().join("bad.rhai"), format!("let x = 1;\n// {escapes}\nlet y = \"{escapes}\" + nothing;"))
        .unwrap();
    fs::write(world.inside().join("bad.json"), format!("{{\"{escapes}\": ")).unwrap();
    fs::create_dir(world.inside().join("run")).unwrap();
    fs::write(world.inside().join("run/script.rhai"), "options(#{ a: 1 }); throw \"stop\";").unwrap();
    let json = ESCAPES.replace("\\x1b", "\\u001b").replace("\\x07", "\\u0007");
    let config = format!(
        "{{\"name\": \"{json}\", \"file\": \"{json}.rhai\", \"device\": \"cpu\", \"arguments\": {{\"{json}\": \"1\"}}}}"
    );
    fs::write(world.inside().join("run/config.json"), config).unwrap();
    let strange = format!("{escapes}.rhai");
    for arguments in [
        &["-e", "print(read_text(\"review.txt\"));"][..],
        &["-e", "read_text(\"review.txt\")"],
        &["-e", "throw read_text(\"review.txt\");"],
        &["-e", "debug(1); read_json(\"bad.json\")"],
        &["-e", &format!("read_text(\"{ESCAPES}\")")],
        &["-e", &format!("#{{ \"{ESCAPES}\": 1 }}.nothing")],
        &[
            "-e",
            &format!(
                "plot_confusion(eye(2), #{{ file: \"\", terminal: true, classes: [\"{ESCAPES}\", \"b\"], title: \"{ESCAPES}\" }});"
            ),
        ],
        &[
            "-e",
            &format!(
                "plot(#{{ \"{ESCAPES}\": [1, 2] }}, #{{ file: \"\", terminal: true, x_label: \"{ESCAPES}\", y_label: \"{ESCAPES}\" }});"
            ),
        ],
        &[
            "-e",
            &format!(
                "let p = progress(\"{ESCAPES}\", 10); sleep(0.3); p.update(1, \"{ESCAPES}\"); p.finish(\"{ESCAPES}\");"
            ),
        ],
        &["-e", &format!("run_folder(#{{}}, #{{}}); call_script(\"{ESCAPES}\", \"f\", []);")],
        &["bad.rhai"],
        &[&strange],
        &["test", "."],
        &["resume", "run"],
        &["doc", escapes],
        &["--device", escapes, "-e", "1"],
        &["-e", "1", &format!("{escapes}=1")],
    ] {
        let terminal = Terminal::start(&world.inside(), arguments, 200, &[]);
        let started = std::time::Instant::now();
        let mut terminal = terminal;
        while !terminal.has_ended() && started.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        let bytes = terminal.bytes();
        assert!(bytes.len() > 3 && is_clean(&bytes), "{arguments:?}: {bytes:?}");
    }
}

#[test]
fn a_pipe_gets_a_text_as_it_is_and_a_message_never() {
    let world = World::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let script = format!("print(\"{ESCAPES}\"); throw \"{ESCAPES}\";");
    let output = command.args(["-e", &script]).current_dir(world.inside()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("\x1b]0;owned\x07"), "{out:?}");
    assert!(is_clean(&err) && err.contains("␛]0;owned␇"), "{err:?}");
}

#[test]
fn pictures_hold_no_control_characters() {
    let world = World::new();
    let names = format!("{ESCAPES}\\n\\x00</text><script>\\u202e");
    let script = format!(
        "plot(#{{ \"{names}\": [1, 2], b: [2, 1] }}, #{{ file: \"a.svg\", title: \"{names}\", x_label: \"{names}\", y_label: \"{names}\" }});\
         plot_confusion(eye(2), #{{ file: \"b.svg\", title: \"{names}\", classes: [\"{names}\", \"b\"] }});\
         plot([1, 2], #{{ file: \"c.png\", title: \"{names}\" }}); print(\"done\");"
    );
    let (out, all) = world.run(&[], &script);
    assert_eq!(out, "done", "{all}");
    for name in ["a.svg", "b.svg"] {
        let text = fs::read_to_string(world.inside().join(name)).unwrap();
        let strange: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n' || *c == '\u{202e}').collect();
        assert!(strange.is_empty() && !text.contains("<script>"), "{name}: {strange:?}");
        assert!(text.contains("&lt;script"), "{name}");
    }
}
