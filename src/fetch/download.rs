//! A download that goes on where it was cut, and never mixes two versions of a file.

use super::address::shown;
use super::bar;
use super::http::{self, Head, Trouble};
use super::patience::Patience;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::files::write_own;
use crate::output::complain;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file that is not whole yet. Beside it stands what the server said of it, `….json`, so that only the same file is gone
/// on with.
#[derive(Debug)]
pub(super) struct Download {
    pub url: String,
    pub path: PathBuf,
    /// What is sent with each request, beside what a download needs.
    pub headers: Vec<(&'static str, String)>,
}

/// What tells one version of a file from another.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    /// As it may be shown: whoever reads the model may read this.
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    total: Option<u64>,
}

/// How an attempt ended, if not well.
enum Setback {
    /// Another attempt may help; bytes that came stay.
    Again(String),
    /// Only where an attempt of this run has got somewhere.
    Lost(String),
    Stop(Error),
}

impl Download {
    /// Downloads the file to [`Self::path`]; true if some of it is from an earlier run.
    ///
    /// # Errors
    /// An address that the server does not answer well, after several attempts where another may help; a file that cannot be
    /// written; Ctrl-C. What came stays for the next time.
    pub fn run(&self, patience: &Patience) -> Result<bool> {
        // A server that knows no ranges begins anew each time: only bytes that were never reached are progress.
        let mut furthest = self.start().1;
        let resumed = furthest > 0;
        let (mut failures, mut connected) = (0, false);
        loop {
            let why = match self.attempt() {
                Ok(()) => return Ok(resumed),
                Err(Setback::Stop(error)) => return Err(error),
                Err(Setback::Lost(why)) if !connected => return Err(self.error(&why)),
                Err(Setback::Again(why) | Setback::Lost(why)) => why,
            };
            let reached = self.start().1;
            connected |= reached > furthest;
            failures = if reached > furthest { 1 } else { failures + 1 };
            furthest = furthest.max(reached);
            if failures >= patience.attempts {
                return Err(self.error(&format!("{why} ({failures} attempts in a row came no further)")));
            }
            let wait = patience.wait * 2u32.saturating_pow(failures - 1).min(32);
            complain(&format!("{}: {why}; again in {} s", shown(&self.url), wait.as_secs()));
            self.pause(wait)?;
        }
    }

    pub fn remove(&self) {
        // What is not there needs no removing.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(self.version_path());
    }

    fn version_path(&self) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(".json");
        path.into()
    }

    /// What is there of this file: its version, and the bytes that can be gone on with.
    fn start(&self) -> (Version, u64) {
        let read = fs::read(self.version_path()).ok().and_then(|b| serde_json::from_slice::<Version>(&b).ok());
        let bytes = fs::metadata(&self.path).map_or(0, |m| m.len());
        match read.filter(|version| version.url == shown(&self.url)) {
            Some(version) if version.total.is_none_or(|total| bytes <= total) => (version, bytes),
            _ => (Version::default(), 0),
        }
    }

    fn attempt(&self) -> Result<(), Setback> {
        let (known, have) = self.start();
        if have > 0 && known.total == Some(have) {
            return Ok(());
        }
        let mut headers = self.headers.clone();
        if have > 0 {
            headers.push(("Range", format!("bytes={have}-")));
            // A weak ETag must not stand here; then the date does, or else nothing: the total is compared in any case.
            let strong = known.etag.clone().filter(|etag| !etag.starts_with("W/"));
            headers.extend(strong.or_else(|| known.last_modified.clone()).map(|value| ("If-Range", value)));
        }
        let mut answer = http::get(&self.url, headers);
        let head = answer.head().map_err(|t| self.setback(t))?;
        let (version, from) = match head.status {
            200 => (self.version(&head, head.length()), 0),
            206 => match head.content_range() {
                Some((from, total)) if from == have && known.fits(&self.version(&head, Some(total))) => {
                    (Version { total: Some(total), ..known }, have)
                }
                _ => {
                    self.remove();
                    return Err(Setback::Again("the file has changed on the server: from the beginning".into()));
                }
            },
            416 if have > 0 && head.total() == Some(have) => return Ok(()),
            416 => {
                self.remove();
                return Err(Setback::Again("the file has become shorter on the server: from the beginning".into()));
            }
            408 | 429 | 500.. => {
                return Err(Setback::Again(format!("the server answers {}", status(head.status))));
            }
            other => return Err(Setback::Stop(self.error(&format!("the server answers {}", status(other))))),
        };
        if head.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            let why = "a web page came instead of the archive; does this network want a login first?";
            return Err(Setback::Stop(self.error(why)));
        }
        let total = version.total;
        let mut file = self.open(from, &version).map_err(Setback::Stop)?;
        let bar = bar::bytes("downloading", total, from);
        let mut have = from;
        loop {
            let data = answer.data().map_err(|t| self.setback(t))?;
            let Some(data) = data else { break };
            file.write_all(&data).map_err(|e| Setback::Stop(Error::file("write", &self.path, e)))?;
            have += data.len() as u64;
            bar.set(have);
        }
        drop(file);
        match total {
            Some(total) if have < total => {
                Err(Setback::Again(format!("{have} of {total} bytes came before the connection ended")))
            }
            Some(total) if have > total => {
                self.remove();
                Err(Setback::Again(format!("{have} bytes came where {total} were announced")))
            }
            _ => Ok(()),
        }
    }

    fn version(&self, head: &Head, total: Option<u64>) -> Version {
        let header = |name| head.header(name).map(str::to_string);
        Version {
            url: shown(&self.url).into_owned(),
            etag: header("etag"),
            last_modified: header("last-modified"),
            total,
        }
    }

    /// The file, cut to the `from` bytes that are kept, and its version beside it.
    fn open(&self, from: u64, version: &Version) -> Result<File> {
        let unwritable = |e| Error::file("write", &self.path, e);
        if from == 0 {
            // The old bytes go first: beside the new version they would be taken for its own.
            self.remove();
            let json = serde_json::to_vec(version).map_err(|e| Error::file("write", &self.path, e))?;
            write_own(&self.version_path(), |f| f.write_all(&json))?;
        }
        let mut open = OpenOptions::new();
        open.create(true).append(true).open(&self.path).map_err(unwritable)
    }

    fn setback(&self, trouble: Trouble) -> Setback {
        match trouble {
            Trouble::Passing(why) => Setback::Again(why),
            Trouble::NoWay(why) => Setback::Lost(why),
            Trouble::Lasting(why) => Setback::Stop(self.error(&why)),
            Trouble::Interrupted => Setback::Stop(self.stopped()),
        }
    }

    fn error(&self, why: &str) -> Error {
        Error::new(ErrorKind::File, format!("cannot download {}: {why}", shown(&self.url)))
    }

    fn stopped(&self) -> Error {
        let kept = fs::metadata(&self.path).map_or(0, |m| m.len());
        interrupted(&format!("{} of the download are kept, and the same command goes on with it", size(kept)))
    }

    /// Waits, but hears Ctrl-C.
    fn pause(&self, wait: Duration) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < wait {
            if interrupt::requested() {
                return Err(self.stopped());
            }
            std::thread::sleep(Duration::from_millis(20).min(wait));
        }
        Ok(())
    }
}

impl Version {
    /// Whether bytes of `other` may stand behind bytes of this.
    fn fits(&self, other: &Version) -> bool {
        let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
        !(differ(&self.etag, &other.etag)
            || differ(&self.last_modified, &other.last_modified)
            || self.total.is_some() && self.total != other.total)
    }
}

/// Ctrl-C, and what becomes of the download.
pub(super) fn interrupted(what: &str) -> Error {
    Error::new(ErrorKind::Interrupted, format!("interrupted: {what}"))
}

fn size(bytes: u64) -> String {
    indicatif::DecimalBytes(bytes).to_string()
}

fn status(code: u16) -> String {
    let reason = ureq::http::StatusCode::from_u16(code).ok().and_then(|s| s.canonical_reason());
    format!("{code} {}", reason.unwrap_or_default()).trim_end().to_string()
}

/// The MD5 of a file, as 32 hexadecimal digits.
///
/// # Errors
/// A file that cannot be read; Ctrl-C.
pub(super) fn md5(path: &Path) -> Result<String> {
    use md5::{Digest, Md5};
    use std::io::Read;
    let unreadable = |e| Error::file("read", path, e);
    let mut file = File::open(path).map_err(unreadable)?;
    let bar = bar::bytes("verifying", file.metadata().ok().map(|m| m.len()), 0);
    let (mut digest, mut chunk, mut read) = (Md5::new(), vec![0; 1 << 20], 0);
    loop {
        interrupt::check()?;
        match file.read(&mut chunk).map_err(unreadable)? {
            0 => return Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            n => {
                digest.update(&chunk[..n]);
                read += n as u64;
                bar.set(read);
            }
        }
    }
}
