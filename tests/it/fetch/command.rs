//! `imdbsh fetch` as a user meets it.

use crate::common::server::*;
use assert_cmd::Command;
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

fn command(cache: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("XDG_CACHE_HOME", cache).env_remove("IMDBSH_DATA").env_remove("IMDBSH_MIRROR").current_dir(cache);
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// An archive with a few words in place of each of GloVe's files.
fn glove() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for width in [50, 100, 200, 300] {
        zip.start_file(format!("glove.6B.{width}d.txt"), zip::write::SimpleFileOptions::default()).unwrap();
        for (word, value) in [("the", "0.5"), ("film", "-0.25")] {
            writeln!(zip, "{word} {}", vec![value; width].join(" ")).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_fetched_is_found_by_its_name_alone() {
    let (cache, body) = (TempDir::new().unwrap(), glove());
    let server = Server::new(vec![honest(&body, "\"a\"")]);
    let folder = cache.path().join("imdbsh/data/glove.6B");
    let (code, out, err) = run(command(cache.path()).args(["fetch", "glove"]).env("IMDBSH_MIRROR", &server.base));
    assert_eq!((code, out), (0, format!("{}\n", folder.display())), "{err}");
    assert_eq!(err, format!("downloading {}/glove.6B.zip (862 MB)\n", server.base));
    let code = "let w = texts([\"the film\"]).split(); print(word_vectors(\"glove.6B.50d.txt\", [w]).table(vocabulary(w))[2][0].item())";
    assert_eq!(run(command(cache.path()).args(["-e", code])), (0, "-0.25\n".into(), String::new()));
    // A table of one's own finds GloVe there too.
    fs::write(cache.path().join("mine.csv"), "text,label\nthe film,1\nfilm film,0\nthe,1\nfilm,0\n").unwrap();
    let code = "print(imdb::load(#{ data: \"mine.csv\", test_share: 0.5 }).width)";
    assert_eq!(run(command(cache.path()).args(["-e", code])).1, "100\n");
    let (_, out, _) = run(command(cache.path()).arg("fetch"));
    let lines: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..3], ["imdb", "84", "MB"]);
    assert_eq!(lines[1][..4], ["glove", "862", "MB", "here"]);
}

#[test]
fn the_option_wins_over_the_environment_and_a_folder_may_be_named() {
    let (cache, body) = (TempDir::new().unwrap(), glove());
    let server = Server::new(vec![honest(&body, "\"a\"")]);
    let arguments = ["fetch", "glove", "--to", "my data", "--from", &format!("{}/", server.base)];
    let (code, out, err) = run(command(cache.path()).args(arguments).env("IMDBSH_MIRROR", "http://127.0.0.1:9"));
    assert_eq!((code, out.as_str()), (0, "my data/glove.6B\n"), "{err}");
    assert!(cache.path().join("my data/glove.6B/glove.6B.300d.txt").is_file());
    assert!(!cache.path().join("imdbsh").exists());
}

#[test]
fn a_wrong_archive_of_the_reviews_is_refused_by_its_checksum() {
    let cache = TempDir::new().unwrap();
    let server = Server::new(vec![honest(b"these are no reviews", "\"a\"")]);
    let (code, out, err) = run(command(cache.path()).args(["fetch", "imdb", "--from", &server.base]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("expected 7c2ac02c03563afcf9b574c7e56c153a; the download is deleted"), "{err}");
    assert!(!cache.path().join("imdbsh/data/aclImdb").exists());
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let cache = TempDir::new().unwrap();
    let (code, _, err) = run(command(cache.path()).args(["fetch", "glov"]));
    assert_eq!(code, 2);
    assert!(err.starts_with("error: unknown data set `glov`; did you mean `glove`? (known: imdb, glove, "), "{err}");
    let (_, _, err) = run(command(cache.path()).args(["-e", "imdb::load(#{ data: \"aclImdb\" })"]));
    assert!(err.contains("`imdbsh fetch imdb`") && err.contains(&cache.path().display().to_string()), "{err}");
}

#[test]
fn proxies_of_the_environment_are_obeyed() {
    let body = glove();
    let proxy = Server::new(vec![tunnel(honest(&body, "\"a\""))]);
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let mirror = "http://data.imdbsh.invalid/files";
    let cache = TempDir::new().unwrap();
    let (code, _, err) =
        run(command(cache.path()).args(["fetch", "glove", "--from", mirror]).env("HTTP_PROXY", &address));
    assert_eq!(code, 0, "{err}");
    assert!(proxy.requests()[0].starts_with("CONNECT data.imdbsh.invalid:80 "), "{:?}", proxy.requests());
    // HTTPS_PROXY is for other addresses, and NO_PROXY names hosts and all below them.
    for (variables, host) in [(["HTTPS_PROXY", "NO_PROXY"], ""), (["HTTP_PROXY", "NO_PROXY"], "imdbsh.invalid")] {
        let cache = TempDir::new().unwrap();
        let mut command = command(cache.path());
        command.env(variables[0], &address).env(variables[1], host).args(["fetch", "glove", "--from", mirror]);
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 1, "{err}");
        assert!(err.contains("the server's name is not known here"), "{err}");
    }
    assert_eq!(proxy.requests().len(), 1);
    let wrong =
        run(command(cache.path()).args(["fetch", "glove.42B", "--from", mirror]).env("HTTP_PROXY", "ftp://x y"));
    assert!(wrong.2.contains("HTTP_PROXY=ftp://x y is not the address of a proxy"), "{}", wrong.2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_download_for_the_next_time() {
    let (cache, body) = (TempDir::new().unwrap(), glove());
    let server = Server::new(vec![stalled(&body, "\"a\"", 300), honest(&body, "\"a\"")]);
    let part = cache.path().join("imdbsh/data/.glove.6B.zip.part");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_imdbsh"))
        .args(["fetch", "glove", "--from", &server.base])
        .env("XDG_CACHE_HOME", cache.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while fs::metadata(&part).map_or(0, |m| m.len()) < 300 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(
        err.ends_with("interrupted: 300 B of the download are kept, and the same command goes on with it\n"),
        "{err}"
    );
    let (code, _, err) = run(command(cache.path()).args(["fetch", "glove", "--from", &server.base]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(wanted(&server.requests()[1]), Some(300));
}
