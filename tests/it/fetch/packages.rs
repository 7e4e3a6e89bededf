//! Downloads from servers of all kinds, into folders that are whole or not there.

use crate::common::server::*;
use flate2::{Compression, write::GzEncoder};
use imdbsh::error::{Error, ErrorKind};
use imdbsh::fetch::{Package, Patience, fetch};
use imdbsh::ml::data::{Label, Reviews, Texts};
use md5::{Digest, Md5};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const HOLDS: &[&str] = &["train/neg", "train/pos"];

/// Two reviews, and noise that does not pack, so that there is something to cut.
fn archive() -> Vec<u8> {
    let noise: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    tar(&[("mini/train/neg/0_2.txt", b"dull"), ("mini/train/pos/0_9.txt", b"fine"), ("mini/README", &noise)])
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, contents) in files {
        let mut header = plain_header(name, tar::EntryType::Regular);
        header.set_size(contents.len() as u64);
        header.set_cksum();
        tar.append(&header, *contents).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A header with a name that a well-meaning library would refuse to write.
fn plain_header(name: &str, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, contents) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(contents).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn md5_of(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tar archive as a package with its true checksum.
fn package(archive: &[u8]) -> Package {
    Package {
        name: "mini",
        about: "two reviews",
        size: "1 kB",
        base: "http://127.0.0.1:9/nowhere",
        archive: "mini.tar.gz",
        md5: Some(md5_of(archive).leak()),
        folder: "mini",
        wrapped: true,
        holds: HOLDS,
    }
}

fn zipped(holds: &'static [&'static str]) -> Package {
    Package { archive: "vectors.zip", md5: None, folder: "vectors", wrapped: false, holds, ..package(b"") }
}

const NOW: Patience = Patience { attempts: 3, wait: Duration::ZERO };

fn get(package: &Package, into: &Path, server: &Server) -> Result<PathBuf, Error> {
    fetch(package, into, Some(&server.base), &NOW)
}

/// The names in a folder, without the lock that stays.
fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<String> = all.filter(|name| !name.ends_with(".lock")).collect();
    all.sort();
    all
}

fn ranges(server: &Server) -> Vec<Option<usize>> {
    server.requests().iter().map(|head| wanted(head)).collect()
}

#[test]
fn an_archive_becomes_a_folder_and_nothing_else_is_left() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![honest(&body, "\"a\"")]);
    let folder = get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(folder, into.path().join("mini"));
    assert_eq!(names(into.path()), ["mini"]);
    assert_eq!(Reviews::read(&folder, "train", Label::Pos, None).unwrap().texts, Texts::new(["fine"]));
    assert!(server.requests()[0].starts_with("GET /data/mini.tar.gz HTTP/1.1\n"));
    // It is there: nothing is asked for.
    assert_eq!(get(&package(&body), into.path(), &server).unwrap(), folder);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_cut_connection_is_gone_on_with_where_it_ended() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![
        cut(&body, "\"a\"", 1000),
        cut(&body, "\"a\"", 0),
        cut(&body, "\"a\"", 500),
        honest(&body, "\"a\""),
    ]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000), Some(1000), Some(1500)]);
    assert_eq!(header(&server.requests()[1], "if-range").as_deref(), Some("\"a\""));
    assert_eq!(names(into.path()), ["mini"]);
}

#[test]
fn a_later_run_goes_on_with_what_an_earlier_one_left() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![cut(&body, "\"a\"", 1000), honest(&body, "\"a\"")]);
    let once = Patience { attempts: 1, wait: Duration::ZERO };
    let e = fetch(&package(&body), into.path(), Some(&server.base), &once).unwrap_err();
    assert_eq!(e.kind, ErrorKind::File);
    assert!(e.message.starts_with(&format!("cannot download {}/mini.tar.gz: ", server.base)), "{e}");
    assert_eq!(names(into.path()), [".mini.tar.gz.part", ".mini.tar.gz.part.json"]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000)]);
    assert_eq!(names(into.path()), ["mini"]);
}

#[test]
fn a_server_without_ranges_is_begun_anew_and_ends_after_some_attempts() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![without_ranges(&body, 1000), without_ranges(&body, body.len())]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(names(into.path()), ["mini"]);

    let into = TempDir::new().unwrap();
    let server = Server::new(vec![without_ranges(&body, 1000)]);
    let e = get(&package(&body), into.path(), &server).unwrap_err();
    assert!(e.message.ends_with("(3 attempts in a row came no further)"), "{e}");
    // The first came further than nothing.
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_file_that_changed_meanwhile_is_never_mixed_with_the_old_one() {
    let body = archive();
    let other: Vec<u8> = body.iter().map(|b| !b).collect();
    // As it should be: the ETag does not fit, so that the whole new file comes.
    let into = TempDir::new().unwrap();
    let server = Server::new(vec![cut(&other, "\"old\"", 1000), honest(&body, "\"new\"")]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000)]);
    // A server that passes over If-Range and sends the end of another version.
    let into = TempDir::new().unwrap();
    let careless = |head: &str, stream: &mut std::net::TcpStream| {
        let kept: String =
            head.lines().filter(|l| !l.to_lowercase().starts_with("if-range")).map(|l| format!("{l}\n")).collect();
        honest(&archive(), "\"new\"")(&kept, stream);
    };
    let server = Server::new(vec![cut(&other, "\"old\"", 1000), Box::new(careless)]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000), None]);
    // One that is shorter than what is there.
    let into = TempDir::new().unwrap();
    let beyond = || plain("416 Range Not Satisfiable", "Content-Range: bytes */900\r\n", b"");
    let server = Server::new(vec![cut(&other, "\"old\"", 1000), beyond(), honest(&body, "\"new\"")]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000), None]);
}

#[test]
fn a_wrong_checksum_is_said_and_nothing_is_unpacked_or_kept() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![honest(b"something else", "\"a\"")]);
    let e = get(&package(&body), into.path(), &server).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Data);
    for part in [md5_of(&body), md5_of(b"something else"), server.base.clone()] {
        assert!(e.message.contains(&part), "{e}");
    }
    assert_eq!(names(into.path()), [""; 0]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn remains_that_do_not_fit_are_downloaded_once_more() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![cut(&body, "\"a\"", 1000), honest(&body, "\"a\"")]);
    let once = Patience { attempts: 1, wait: Duration::ZERO };
    fetch(&package(&body), into.path(), Some(&server.base), &once).unwrap_err();
    fs::write(into.path().join(".mini.tar.gz.part"), [0; 1000]).unwrap();
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&server), [None, Some(1000), None]);
    assert_eq!(names(into.path()), ["mini"]);
}

#[test]
fn an_answer_that_is_no_file_is_said_and_only_passing_ones_are_asked_again() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    for (status, attempts, said) in [
        ("404 Not Found", 1, "the server answers 404 Not Found"),
        ("403 Forbidden", 1, "the server answers 403 Forbidden"),
        ("503 Service Unavailable", 3, "the server answers 503 Service Unavailable (3 attempts"),
        ("429 Too Many Requests", 3, "the server answers 429 Too Many Requests (3 attempts"),
    ] {
        let server = Server::new(vec![plain(status, "", b"no")]);
        let e = get(&package(&body), into.path(), &server).unwrap_err();
        assert!(e.message.contains(said), "{e}");
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
    let server = Server::new(vec![plain("200 OK", "Content-Type: text/html\r\n", b"<html>Log in</html>")]);
    let e = get(&package(&body), into.path(), &server).unwrap_err();
    assert!(e.message.contains("a web page came instead of the archive"), "{e}");
    assert_eq!(names(into.path()), [""; 0]);
    let server = Server::new(vec![plain("500 Internal Server Error", "", b""), honest(&body, "\"a\"")]);
    get(&package(&body), into.path(), &server).unwrap();
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let into = TempDir::new().unwrap();
    let e = fetch(&package(b""), into.path(), None, &NOW).unwrap_err();
    assert!(e.message.contains("http://127.0.0.1:9/nowhere/mini.tar.gz") && e.message.contains("refused"), "{e}");
    let e = fetch(&package(b""), into.path(), Some("no address"), &NOW).unwrap_err();
    assert!(e.message.contains("no address/mini.tar.gz"), "{e}");
}

#[test]
fn redirects_are_followed_and_ranges_go_with_them() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let target = Server::new(vec![cut(&body, "\"a\"", 1000), honest(&body, "\"a\"")]);
    let base = target.base.clone();
    let redirect = move |_: &str, stream: &mut std::net::TcpStream| {
        let head = format!(
            "HTTP/1.1 302 Found\r\nLocation: {base}/elsewhere.gz\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
    };
    let server = Server::new(vec![Box::new(redirect)]);
    get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(ranges(&target), [None, Some(1000)]);
    let round = |_: &str, stream: &mut std::net::TcpStream| {
        let head =
            "HTTP/1.1 302 Found\r\nLocation: /data/mini.tar.gz\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
    };
    let e = get(&package(&body), TempDir::new().unwrap().path(), &Server::new(vec![Box::new(round)])).unwrap_err();
    assert!(e.message.contains("redirects"), "{e}");
}

/// The error of an archive that must not be unpacked, and what lies in the folder and beside it then.
fn refused(package: &Package, body: &[u8]) -> (String, Vec<String>) {
    let outer = TempDir::new().unwrap();
    let into = outer.path().join("data");
    let server = Server::new(vec![honest(body, "\"a\"")]);
    let e = get(package, &into, &server).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Data, "{e}");
    let left = [names(outer.path()), names(&into)].concat();
    (e.message, left)
}

#[test]
fn entries_that_lead_out_of_the_folder_and_links_are_refused() {
    for name in ["mini/../../evil.txt", "../evil.txt", "/tmp/imdbsh-evil.txt"] {
        let body = tar(&[("mini/train/neg/0_2.txt", b"dull"), (name, b"evil")]);
        let (message, left) = refused(&package(&body), &body);
        assert_eq!(message, format!("mini.tar.gz is not unpacked: its entry `{name}` leads out of its folder"));
        assert_eq!(left, ["data"]);
        let body = zip(&[(name, b"evil")]);
        let (message, left) = refused(&zipped(&["a.txt"]), &body);
        assert!(message.contains("leads out of its folder"), "{message}");
        assert_eq!(left, ["data"]);
    }
    assert!(!Path::new("/tmp/imdbsh-evil.txt").exists());
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo] {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = plain_header("mini/train", kind);
        header.set_link_name("/tmp").unwrap();
        header.set_size(0);
        header.set_cksum();
        tar.append(&header, &b""[..]).unwrap();
        let body = tar.into_inner().unwrap().finish().unwrap();
        let (message, left) = refused(&package(&body), &body);
        assert_eq!(message, "mini.tar.gz is not unpacked: its entry `mini/train` is a link or a device");
        assert_eq!(left, ["data"]);
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_symlink("a.txt", "/etc/passwd", zip::write::SimpleFileOptions::default()).unwrap();
    let (message, _) = refused(&zipped(&["a.txt"]), &zip.finish().unwrap().into_inner());
    assert_eq!(message, "vectors.zip is not unpacked: its entry `a.txt` is a link or a device");
}

#[test]
fn entries_that_no_folder_can_hold_together_are_refused_and_another_server_is_asked_anew() {
    let long = "n".repeat(300);
    let entries: [&[&str]; 5] = [&["a", "a/b"], &["a/b", "a"], &["a/b/c", "a/b"], &["a", "./a"], &[&long]];
    for names in entries {
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
        let (message, left) = refused(&zipped(&["a"]), &zip(&files));
        assert!(message.starts_with("vectors.zip is not unpacked: its entry `"), "{names:?}: {message}");
        assert_eq!(left, ["data"], "{names:?}");
        if names[0].len() < 100 {
            let body = tar(&files);
            let (message, left) = refused(&package(&body), &body);
            assert!(message.contains("is in the way of another one, or comes twice"), "{names:?}: {message}");
            assert_eq!(left, ["data"], "{names:?}");
        }
    }
    // Nothing of it stays that a good server would have to answer for.
    let (into, good) = (TempDir::new().unwrap(), zip(&[("a.txt", b"the 0.1")]));
    let bad = zip(&[("a", b"x"), ("a/b", b"x")]);
    let servers = [(bad, false), (good, true)];
    for (body, works) in servers {
        let server = Server::new(vec![honest(&body, "\"a\"")]);
        assert_eq!(get(&zipped(&["a.txt"]), into.path(), &server).is_ok(), works);
    }
}

#[test]
fn a_damaged_archive_leaves_nothing_and_is_not_kept() {
    let words = b"the 0.1 0.2\n".repeat(1000);
    let mut body = zip(&[("a.txt", &words)]);
    let middle = body.len() / 2 - 20;
    body[middle] ^= 0x55;
    let (message, left) = refused(&zipped(&["a.txt"]), &body);
    assert!(message.starts_with("vectors.zip is damaged or no archive: "), "{message}");
    assert_eq!(left, ["data"]);
    let (message, _) = refused(&zipped(&["a.txt"]), b"not a zip file");
    assert!(message.starts_with("vectors.zip is damaged or no archive: "), "{message}");

    let body = archive();
    let half = &body[..body.len() / 2];
    let (message, left) = refused(&package(half), half);
    assert!(message.starts_with("mini.tar.gz is damaged or no archive: "), "{message}");
    assert_eq!(left, ["data"]);
}

#[test]
fn an_archive_of_something_else_is_no_data_set() {
    let body = tar(&[("mini/train/neg/0_2.txt", b"dull")]);
    let (message, left) = refused(&package(&body), &body);
    assert_eq!(message, "mini.tar.gz holds no train/pos: it is not two reviews");
    assert_eq!(left, ["data"]);
}

#[test]
fn of_two_at_once_one_downloads_and_the_other_waits() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    let server = Server::new(vec![cut(&body, "\"a\"", 1000), honest(&body, "\"a\"")]);
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            (0..4).map(|_| scope.spawn(|| get(&package(&body), into.path(), &server).unwrap())).collect();
        for run in runs {
            assert_eq!(run.join().unwrap(), into.path().join("mini"));
        }
    });
    assert_eq!(server.requests().len(), 2);
    assert_eq!(names(into.path()), ["mini"]);
}

#[test]
fn a_folder_that_is_not_whole_is_left_alone() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    fs::create_dir_all(into.path().join("mini/train/neg")).unwrap();
    let server = Server::new(vec![honest(&body, "\"a\"")]);
    let e = get(&package(&body), into.path(), &server).unwrap_err();
    let at = into.path().join("mini").display().to_string();
    assert_eq!(
        e.message,
        format!("{at} is there but has no train/pos: move it away, or choose another folder with --to")
    );
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn what_a_killed_run_left_half_unpacked_is_cleared_away() {
    let (body, into) = (archive(), TempDir::new().unwrap());
    fs::create_dir_all(into.path().join(".mini.unpacking/mini/train/pos")).unwrap();
    let server = Server::new(vec![honest(&body, "\"a\"")]);
    let folder = get(&package(&body), into.path(), &server).unwrap();
    assert_eq!(fs::read_to_string(folder.join("train/pos/0_9.txt")).unwrap(), "fine");
    assert_eq!(names(into.path()), ["mini"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let into = TempDir::new().unwrap();
    fs::write(into.path().join("file"), "").unwrap();
    let e = fetch(&package(b""), &into.path().join("file/data"), None, &NOW).unwrap_err();
    assert!(e.message.starts_with("cannot make the folder "), "{e}");
}
