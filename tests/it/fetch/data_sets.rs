//! Data sets by their names: from Hugging Face's cache, else from a stand-in of the hub on this machine.

use crate::common::server::{Answer, Server, cut, header, honest, plain};
#[cfg(unix)]
use crate::common::terminal::Terminal;
use imdbsh::error::Result;
use imdbsh::fetch::{DataSet, Hub, Patience};
use imdbsh::ml::data::files_of_sets;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const SHA: &str = "0123456789abcdef";
const CONVERTED: &str = "fedcba9876543210";

fn table(file: &str) -> Vec<u8> {
    let name = if file.contains("test") { "test" } else { "train" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns/hub/data");
    fs::read(folder.join(format!("{name}-00000-of-00001.parquet"))).unwrap()
}

/// The hub with one data set, `me/films`, of these files, and what it has made of it.
fn hub(files: &'static [&'static str], converted: &'static [&'static str]) -> Answer {
    Box::new(move |head, stream| {
        let path = head.split(' ').nth(1).unwrap().to_string();
        let said = |sha: &str, files: &[&str]| {
            let siblings: Vec<String> = files.iter().map(|f| format!(r#"{{"rfilename":"{f}"}}"#)).collect();
            honest(format!(r#"{{"sha":"{sha}","siblings":[{}]}}"#, siblings.join(",")).as_bytes(), "\"r\"")
        };
        let answer: Answer = match path.strip_prefix("/data/").unwrap() {
            "api/datasets/me/films/revision/main" => said(SHA, files),
            "api/datasets/me/films/revision/refs%2Fconvert%2Fparquet" if !converted.is_empty() => {
                said(CONVERTED, converted)
            }
            path => {
                let of =
                    |sha: &str| path.strip_prefix(&format!("datasets/me/films/resolve/{sha}/")).map(str::to_string);
                let own = of(SHA).filter(|file| files.contains(&file.as_str()));
                match own.or_else(|| of(CONVERTED).filter(|file| converted.contains(&file.as_str()))) {
                    Some(file) => honest(&table(&file), "\"f\""),
                    None => plain("404 Not Found", "", b"Repository not found"),
                }
            }
        };
        answer(head, stream);
    })
}

const FILES: &[&str] = &[
    "README.md",
    "data/train-00000-of-00001.parquet",
    "data/test-00000-of-00001.parquet",
    "data/unsupervised-00000-of-00001.parquet",
];

fn of(server: &Server, cache: &Path) -> Hub {
    Hub { cache: cache.to_path_buf(), endpoint: server.base.clone(), token: None, offline: false }
}

fn take(hub: &Hub, name: &str, config: Option<&str>) -> Result<DataSet> {
    let choose = |names: &[String]| files_of_sets(names, config, name);
    hub.data_set(name, &choose, &Patience { attempts: 2, wait: Duration::from_millis(1) })
}

#[test]
fn the_files_of_the_sets_are_downloaded_once_and_lie_where_hugging_faces_libraries_look() {
    let (server, cache) = (Server::new(vec![hub(FILES, &[])]), TempDir::new().unwrap());
    let found = take(&of(&server, cache.path()), "me/films", None).unwrap();
    assert_eq!(found.folder, cache.path().join("datasets--me--films/snapshots").join(SHA));
    assert_eq!(fs::read(found.folder.join(FILES[1])).unwrap(), table("train"));
    assert!(found.folder.join(FILES[2]).is_file() && !found.folder.join(FILES[3]).exists(), "only what is read");
    assert_eq!(fs::read_to_string(cache.path().join("datasets--me--films/refs/main")).unwrap(), SHA);
    assert_eq!(server.requests().len(), 3);
    let offline = Hub { offline: true, ..of(&server, cache.path()) };
    assert_eq!(take(&offline, "me/films", None).unwrap(), found);
    assert_eq!(server.requests().len(), 3, "what is there is not asked for");
}

#[test]
fn what_the_hub_has_made_of_other_formats_is_taken_configuration_by_configuration() {
    let converted: &[&str] = &["cola/train/0000.parquet", "sst2/train/0000.parquet", "sst2/test/0000.parquet"];
    let (server, cache) = (Server::new(vec![hub(&["script.py"], converted)]), TempDir::new().unwrap());
    let hub = of(&server, cache.path());
    let message = take(&hub, "me/films", None).unwrap_err().message;
    assert_eq!(message, "me/films has several configurations, cola, sst2: data: \"me/films/cola\" takes one");
    let found = take(&hub, "me/films", Some("sst2")).unwrap();
    assert_eq!(found.folder, cache.path().join("datasets--me--films/snapshots").join(CONVERTED));
    assert!(found.folder.join("sst2/test/0000.parquet").is_file() && !found.folder.join("cola").exists());
    let before = server.requests().len();
    assert_eq!(take(&hub, "me/films", Some("sst2")).unwrap(), found);
    assert_eq!(server.requests().len(), before);
    take(&hub, "me/films", Some("cola")).unwrap();
    assert!(
        found.folder.join("cola/train/0000.parquet").is_file(),
        "another configuration is fetched when it is asked for"
    );
}

#[test]
fn a_download_that_was_cut_is_gone_on_with() {
    let cache = TempDir::new().unwrap();
    let cut: Answer = Box::new(|head, stream| cut(&table("train"), "\"f\"", 100)(head, stream));
    let server = Server::new(vec![hub(FILES, &[]), cut, hub(FILES, &[])]);
    let found = take(&of(&server, cache.path()), "me/films", None).unwrap();
    assert_eq!(fs::read(found.folder.join(FILES[1])).unwrap(), table("train"));
    assert_eq!(header(&server.requests()[2], "range").unwrap(), "bytes=100-");
}

#[test]
fn what_the_hub_does_not_have_or_must_not_be_asked_is_said() {
    let (server, cache) = (Server::new(vec![hub(&["README.md", "a.bin"], &[])]), TempDir::new().unwrap());
    let says = |hub: Hub, name: &str, parts: &[&str]| {
        let message = take(&hub, name, None).unwrap_err().message;
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    };
    says(of(&server, cache.path()), "me/other", &["no data set called `me/other`", "HF_TOKEN", "404"]);
    says(of(&server, cache.path()), "me/films", &["me/films has no training set to read", "README.md, a.bin"]);
    let offline = Hub { offline: true, ..of(&server, cache.path()) };
    says(offline, "me/films", &["me/films is not in", "HF_HUB_OFFLINE"]);
    let evil = Server::new(vec![hub(&["../train-00000-of-00001.parquet"], &[])]);
    says(of(&evil, cache.path()), "me/films", &["leads out of its folder"]);
}

#[test]
fn scripts_take_data_sets_by_name_and_the_hub_is_not_told_of_paths() {
    let (server, home) = (Server::new(vec![hub(FILES, &[])]), TempDir::new().unwrap());
    let run = |data: &str, more: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.current_dir(home.path()).env("HF_HOME", home.path().join("hf")).env("HF_ENDPOINT", &server.base);
        command
            .env_remove("HF_HUB_CACHE")
            .env_remove("HF_HUB_OFFLINE")
            .env_remove("HF_TOKEN")
            .env_remove("IMDBSH_DATA");
        command.envs(more.iter().copied());
        let code = format!(
            r#"let r = imdb::load(#{{ data: "{data}", vectors: "none", overlap: "keep" }}); print([r.train.len(), r.test.len()]); print(r.class_names)"#
        );
        let out = command.args(["-e", &code]).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, _, err) = run("me/films", &[("HF_HUB_OFFLINE", "1")]);
    assert!(code == Some(1) && err.contains("HF_HUB_OFFLINE") && err.contains("no data called `me/films`"), "{err}");
    fs::create_dir(home.path().join("me")).unwrap();
    fs::write(home.path().join("me/notes"), "").unwrap();
    for path in ["me/notes", "me/films.csv", "films", "./me/films", "../me/films"] {
        assert_eq!(run(path, &[]).0, Some(1), "{path}");
    }
    assert!(server.requests().is_empty());
    let mut fetch = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    fetch
        .env("HF_HUB_CACHE", home.path().join("by_hand"))
        .env("HF_ENDPOINT", &server.base)
        .env_remove("HF_HUB_OFFLINE");
    let out = fetch.args(["fetch", "me/films"]).output().unwrap();
    let folder = String::from_utf8(out.stdout).unwrap();
    assert!(Path::new(folder.trim()).join(FILES[1]).is_file(), "{folder}");
    let by_hand = home.path().join("by_hand").display().to_string();
    assert_eq!(run("me/films", &[("HF_HUB_OFFLINE", "1"), ("HF_HUB_CACHE", &by_hand)]).0, Some(0), "it is found there");
    let (code, out, err) = run("me/films", &[]);
    assert_eq!((code, out.as_str()), (Some(0), "[4, 2]\n[\"0\", \"1\"]\n"), "{err}");
    assert!(err.contains("its split unsupervised is not read"), "{err}");
}

/// A training's bar, within it a download's, what hooks print, and what the program has to say, on one terminal.
#[cfg(unix)]
#[test]
fn what_is_printed_in_a_training_that_fetches_stands_on_the_screen_once() {
    const TRAINS: &str = r#"
let reviews = imdb::load(#{ train: 64, test: 64, max_len: 30 });
let net = sequential([lstm(reviews.width, 8, #{ readout: "max" }), linear(8, 2)]);
train::fit(net, adam(net), reviews, #{
    epochs: 3, batch: 8, run: false,
    on_step: |t, step| if step.step % 4 == 0 { print(`step ${step.epoch}.${step.step}`); },
    on_epoch: |t, row| {
        let other = imdb::load(#{ data: "me/films", vectors: "none", overlap: "keep" });
        debug(`read ${other.train.len()} in ${row.epoch}`);
        print(`hook ${row.epoch}`);
    },
});
print("the end");
"#;
    for columns in [20, 30, 80, 200] {
        let (server, home) = (Server::new(vec![hub(FILES, &[])]), TempDir::new().unwrap());
        fs::write(home.path().join("s.rhai"), TRAINS).unwrap();
        let cache = home.path().join("hub").display().to_string();
        let environment = [("HF_ENDPOINT", server.base.as_str()), ("HF_HUB_CACHE", &cache), ("HF_HUB_OFFLINE", "")];
        let terminal = Terminal::start(home.path(), &["s.rhai"], columns, &environment);
        let (status, _, screen) = terminal.whole();
        assert!(status.success(), "{screen}");
        let rows: Vec<&str> = screen.lines().map(str::trim).collect();
        let steps = rows.iter().filter(|row| row.starts_with("step ")).count();
        assert_eq!(steps, 6, "{columns}:\n{screen}");
        for epoch in 1..=3 {
            for line in [format!("hook {epoch}"), format!("read 4 in {epoch}")] {
                assert_eq!(rows.iter().filter(|row| row.contains(&line)).count(), 1, "{columns} {line}:\n{screen}");
            }
            // The line of the epoch, which is broken where it is wider than the screen.
            let begins = format!("epoch {epoch}/3  lr");
            assert_eq!(rows.iter().filter(|row| row.starts_with(&begins)).count(), 1, "{columns}:\n{screen}");
        }
        let all = rows.concat();
        assert_eq!(all.matches("unsupervised is not read").count(), 3, "{columns}:\n{screen}");
        assert_eq!(*rows.iter().rfind(|row| !row.is_empty()).unwrap(), "the end", "{columns}:\n{screen}");
    }
}
