//! Models by their names: from Hugging Face's cache, else from a stand-in of the hub on this machine.

use crate::common::server::{Answer, Server, cut, header, honest, plain};
use imdbsh::fetch::{Hub, Patience};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const SHA: &str = "0123456789abcdef";

fn tiny(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert").join(file)
}

/// The hub with one model, `me/tiny`, of these files.
fn hub(files: &'static [&'static str]) -> Answer {
    Box::new(move |head, stream| {
        let path = head.split(' ').nth(1).unwrap().to_string();
        let answer: Answer = match path.strip_prefix("/data/").unwrap() {
            "api/models/me/tiny/revision/main" => {
                let siblings: Vec<String> = files.iter().map(|f| format!(r#"{{"rfilename":"{f}"}}"#)).collect();
                let said = format!(r#"{{"id":"me/tiny","sha":"{SHA}","siblings":[{}]}}"#, siblings.join(","));
                honest(said.as_bytes(), "\"r\"")
            }
            path => match path.strip_prefix(&format!("me/tiny/resolve/{SHA}/")).filter(|f| files.contains(f)) {
                Some(file) => honest(&fs::read(tiny(file)).unwrap(), "\"f\""),
                None => plain("404 Not Found", "", b"Repository not found"),
            },
        };
        answer(head, stream);
    })
}

fn patience() -> Patience {
    Patience { attempts: 2, wait: Duration::from_millis(1) }
}

fn of(server: &Server, cache: &Path) -> Hub {
    Hub { cache: cache.to_path_buf(), endpoint: server.base.clone(), token: None, offline: false }
}

const FILES: &[&str] = &["config.json", "model.safetensors", "tokenizer.json", "vocab.txt", "pytorch_model.bin"];

#[test]
fn a_model_is_downloaded_once_and_lies_where_hugging_faces_libraries_look() {
    let (server, cache) = (Server::new(vec![hub(FILES)]), TempDir::new().unwrap());
    let folder = of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience()).unwrap();
    assert_eq!(folder, cache.path().join("models--me--tiny/snapshots").join(SHA));
    assert_eq!(fs::read_to_string(cache.path().join("models--me--tiny/refs/main")).unwrap(), SHA);
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["config.json", "model.safetensors", "tokenizer.json"]);
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), fs::read(tiny("model.safetensors")).unwrap());
    assert_eq!(server.requests().len(), 4);

    let offline = Hub { offline: true, ..of(&server, cache.path()) };
    assert_eq!(offline.model("me/tiny", &|_| Ok(()), &patience()).unwrap(), folder);
    assert_eq!(server.requests().len(), 4, "what is there is not asked for");
}

#[test]
fn a_download_that_was_cut_is_gone_on_with() {
    let cache = TempDir::new().unwrap();
    let cut: Answer = Box::new(|head, stream| match head.contains("model.safetensors") {
        true => cut(&fs::read(tiny("model.safetensors")).unwrap(), "\"f\"", 1000)(head, stream),
        false => hub(FILES)(head, stream),
    });
    let server = Server::new(vec![hub(FILES), hub(FILES), hub(FILES), cut, hub(FILES)]);
    let folder = of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience()).unwrap();
    assert_eq!(fs::read(folder.join("model.safetensors")).unwrap(), fs::read(tiny("model.safetensors")).unwrap());
    assert_eq!(header(&server.requests()[4], "range").unwrap(), "bytes=1000-");
}

#[test]
fn what_the_hub_does_not_have_or_must_not_be_asked_is_said() {
    let (server, cache) = (Server::new(vec![hub(&["config.json", "vocab.txt"])]), TempDir::new().unwrap());
    let says = |hub: Hub, name: &str, parts: &[&str]| {
        let message = hub.model(name, &|_| Ok(()), &patience()).unwrap_err().message;
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    };
    says(of(&server, cache.path()), "me/tini", &["no model called `me/tini`", "HF_TOKEN", "404"]);
    says(of(&server, cache.path()), "me/tiny", &["no model.safetensors and no", "and no pytorch_model.bin"]);
    let offline = Hub { offline: true, ..of(&server, cache.path()) };
    says(offline, "me/tiny", &["me/tiny is not in", "HF_HUB_OFFLINE"]);
    let other = Server::new(vec![plain("200 OK", "", b"{\"sha\": \"../..\", \"siblings\": []}")]);
    says(of(&other, cache.path()), "me/tiny", &["does not answer as the hub does"]);
}

/// The tiny model's weights in two files, and the index of them.
fn sharded(listed: &'static [&'static str]) -> Answer {
    Box::new(move |head, stream| {
        let index =
            r#"{"metadata": {}, "weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}"#;
        let answer = match head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap() {
            "model.safetensors.index.json" => honest(index.as_bytes(), "\"i\""),
            "model-1-of-2.safetensors" => honest(b"one", "\"1\""),
            "model-2-of-2.safetensors" => honest(b"two", "\"2\""),
            _ => hub(listed),
        };
        answer(head, stream);
    })
}

#[test]
fn weights_in_several_files_come_with_all_of_them() {
    const ALL: &[&str] = &[
        "config.json",
        "tokenizer.json",
        "model.safetensors.index.json",
        "model-1-of-2.safetensors",
        "model-2-of-2.safetensors",
        "pytorch_model.bin",
    ];
    let (server, cache) = (Server::new(vec![sharded(ALL)]), TempDir::new().unwrap());
    let take = || of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience());
    let folder = take().unwrap();
    let held = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!((held("model-1-of-2.safetensors").as_str(), held("model-2-of-2.safetensors").as_str()), ("one", "two"));
    assert!(!folder.join("pytorch_model.bin").exists());
    let asked = server.requests().len();
    assert_eq!((asked, take().unwrap()), (6, folder.clone()));
    assert_eq!(server.requests().len(), asked, "what is there is not asked for");
    // What another program left half done is gone on with.
    fs::remove_file(folder.join("model-2-of-2.safetensors")).unwrap();
    take().unwrap();
    assert_eq!(server.requests().len(), asked + 2, "the revision and the file that lacked");

    let (server, cache) = (Server::new(vec![sharded(&ALL[..4])]), TempDir::new().unwrap());
    let message = of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience()).unwrap_err().message;
    assert!(message.contains("its model.safetensors.index.json names model-2-of-2.safetensors"), "{message}");
}

#[test]
fn a_model_that_is_not_read_is_refused_before_its_weights_are_asked_for() {
    let (server, cache) = (Server::new(vec![hub(FILES)]), TempDir::new().unwrap());
    let refuse = |config: &Path| {
        assert!(config.ends_with("config.json") && config.is_file());
        Err(imdbsh::error::Error::value("not this one"))
    };
    let message = of(&server, cache.path()).model("me/tiny", &refuse, &patience()).unwrap_err().message;
    assert_eq!(message, "me/tiny: not this one");
    assert_eq!(server.requests().len(), 2, "the revision and the configuration");
    assert!(of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience()).is_ok());
}

#[test]
fn a_tokenizer_of_sentencepiece_alone_is_said_before_anything_is_downloaded() {
    let files = &["config.json", "model.safetensors", "spiece.model"];
    let (server, cache) = (Server::new(vec![hub(files)]), TempDir::new().unwrap());
    let message = of(&server, cache.path()).model("me/tiny", &|_| Ok(()), &patience()).unwrap_err().message;
    assert!(message.contains("its tokenizer in spiece.model only, which is not read"), "{message}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn scripts_take_models_by_name_and_the_environment_says_where_from() {
    let (server, home) = (Server::new(vec![hub(FILES)]), TempDir::new().unwrap());
    let run = |more: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.current_dir(home.path()).env("HF_HOME", home.path().join("hf")).env("HF_ENDPOINT", &server.base);
        command
            .env_remove("HF_HUB_CACHE")
            .env_remove("HF_HUB_OFFLINE")
            .env("HF_TOKEN", "secret")
            .env_remove("IMDBSH_DATA");
        command.envs(more.iter().copied());
        let code =
            r#"print(bert("me/tiny").forward(tensor([tokenizer("me/tiny").encode(texts(["a film"]), 8)[0]])).shape)"#;
        let out = command.args(["-e", code]).output().unwrap();
        (out.status.code(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, _, err) = run(&[("HF_HUB_OFFLINE", "1")]);
    assert!(code == Some(1) && err.contains("HF_HUB_OFFLINE"), "{err}");
    assert!(server.requests().is_empty());
    let (code, out, err) = run(&[]);
    assert_eq!((code, out.as_str()), (Some(0), "[1, 16]\n"), "{err}");
    assert!(server.requests().iter().all(|head| header(head, "authorization").unwrap() == "Bearer secret"));
    assert!(home.path().join("hf/hub/models--me--tiny/refs/main").is_file());
    let elsewhere = home.path().join("elsewhere");
    let (code, _, err) = run(&[("HF_HUB_OFFLINE", "true"), ("HF_HUB_CACHE", elsewhere.to_str().unwrap())]);
    assert!(code == Some(1) && err.contains("elsewhere"), "{err}");
}
