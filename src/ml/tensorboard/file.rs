//! A run's event file: begun whole under a name of its own, and then only appended to.
//!
//! TensorBoard reads on in a file from where it was, and then in the next one by name. So one that is written again in its place would be read in the middle, or not at all: what changes is
//! written anew under a later name, and the earlier file is emptied. (Were it removed, a TensorBoard without its fast reader would wait for it for ever; it goes once there are two later ones.) What
//! was read from it is forgotten then: a file begins with the sign of a program that starts over at step 0.

use super::messages::{Event, SessionLog};
use super::records;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use prost::Message;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files whose names hold `tfevents` are looked for, and read in alphabetical order.
const BEGINNING: &str = "events.out.tfevents.";
const ENDING: &str = ".imdbsh";

/// `brain.Event:2` is the one version there is; `START`: whoever has read earlier files forgets what lies at or behind this event's step.
const VERSION: &str = "brain.Event:2";
const START: i32 = 1;

#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    /// In bytes, after the last write.
    length: u64,
}

/// Where events go.
pub struct Events<'a> {
    to: &'a mut dyn Write,
    written: u64,
}

impl Events<'_> {
    /// # Errors
    /// What the writer says.
    pub fn put(&mut self, event: &Event) -> io::Result<()> {
        self.written += records::write(self.to, &event.encode_to_vec())?;
        Ok(())
    }
}

impl EventFile {
    /// Writes a whole file into `folder`, which is made where it is missing, in place of those that the owner has there.
    ///
    /// # Errors
    /// A folder that cannot be made or written, a full disk: then the earlier files are as they were.
    pub fn begin(folder: &Path, owner: &str, write: impl FnOnce(&mut Events) -> io::Result<()>) -> Result<EventFile> {
        access::create_dir_all(folder)?;
        let earlier: Vec<Owned> = owned(folder)?.into_iter().filter(|file| file.owner == owner).collect();
        // Later than the earlier ones, whatever the clock says.
        let seconds = earlier.iter().map(|file| file.seconds.saturating_add(1)).fold(now() as u64, u64::max);
        let path = folder.join(format!("{BEGINNING}{seconds:010}.{owner}{ENDING}"));
        let mut length = 0;
        write_atomically(&path, |file| {
            let mut events = Events { to: file, written: 0 };
            let wall_time = self::now();
            events.put(&Event { wall_time, file_version: Some(VERSION.into()), ..Event::default() })?;
            events.put(&Event { wall_time, session_log: Some(SessionLog { status: START }), ..Event::default() })?;
            write(&mut events)?;
            length = events.written;
            Ok::<_, io::Error>(())
        })?;
        if let Some((last, others)) = earlier.split_last() {
            write_atomically(&folder.join(&last.name), |_| Ok::<_, io::Error>(()))?;
            others.iter().try_for_each(|file| access::remove_file(&folder.join(&file.name)))?;
        }
        Ok(EventFile { path, length })
    }

    /// Whether the file is in `folder`, and as it was after the last write.
    pub fn is_whole_in(&self, folder: &Path) -> bool {
        let found = access::metadata(&self.path).ok().flatten();
        self.path.parent() == Some(folder) && found.is_some_and(|found| found.is_file() && found.len() == self.length)
    }

    /// Appends events, in one write: a reader sees each whole, or waits for its end.
    ///
    /// # Errors
    /// A file that cannot be written, a full disk: then the file is not whole any more.
    pub fn append(&mut self, write: impl FnOnce(&mut Events) -> io::Result<()>) -> Result<()> {
        let failed = |e: io::Error| Error::file("write", &self.path, e);
        let mut bytes = Vec::new();
        write(&mut Events { to: &mut bytes, written: 0 }).map_err(failed)?;
        access::append(&self.path)?.write_all(&bytes).map_err(failed)?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

struct Owned {
    name: String,
    seconds: u64,
    owner: String,
}

/// The files of this program in a folder, the earliest first.
fn owned(folder: &Path) -> Result<Vec<Owned>> {
    let read = |name: String| {
        let (seconds, owner) = name.strip_prefix(BEGINNING)?.strip_suffix(ENDING)?.split_once('.')?;
        Some(Owned { seconds: seconds.parse().ok()?, owner: owner.to_string(), name })
    };
    let names = access::list(folder)?.into_iter().filter_map(|name| name.into_string().ok());
    Ok(names.filter_map(read).collect())
}

/// Whether a folder, which may be missing, has event files of this program that are another's than `owner`'s.
///
/// # Errors
/// A folder that cannot be read.
pub fn is_anothers(folder: &Path, owner: &str) -> Result<bool> {
    Ok(access::is_dir(folder) && owned(folder)?.iter().any(|file| file.owner != owner))
}

/// The time now, in seconds since 1970.
pub fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        access::list(folder).unwrap().into_iter().map(|name| name.into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_that_is_written_anew_takes_a_later_name_and_leaves_those_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let other = "events.out.tfevents.1764513000.host.7.0";
        std::fs::write(folder.join(other), "x").unwrap();
        let late = format!("{BEGINNING}{:010}.a{ENDING}", now() as u64 + 1000);
        std::fs::write(folder.join(&late), "x").unwrap();
        let length = |path: &Path| std::fs::metadata(path).map(|file| file.len()).ok();
        EventFile::begin(folder, "b", |_| Ok(())).unwrap();
        let first = EventFile::begin(folder, "a", |_| Ok(())).unwrap();
        assert_eq!((length(&folder.join(&late)), length(&folder.join(other))), (Some(0), Some(1)));
        assert!(length(&first.path) > Some(0));
        let second = EventFile::begin(folder, "a", |_| Ok(())).unwrap();
        assert!(first.path.file_name().unwrap() > std::ffi::OsStr::new(&late) && second.path > first.path);
        assert_eq!((length(&folder.join(&late)), length(&first.path)), (None, Some(0)));
        assert_eq!(names(folder).len(), 4, "{:?}", names(folder));
        assert!(is_anothers(folder, "a").unwrap() && !is_anothers(&folder.join("x"), "a").unwrap());
    }

    #[test]
    fn a_write_that_fails_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        EventFile::begin(folder.path(), "a", |_| Ok(())).unwrap();
        let before = names(folder.path());
        let failed = EventFile::begin(folder.path(), "a", |_| Err(io::Error::other("the disk is full")));
        assert!(failed.unwrap_err().message.ends_with("the disk is full"));
        assert_eq!(names(folder.path()), before);
    }

    #[test]
    fn what_somebody_else_has_changed_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::begin(folder.path(), "a", |_| Ok(())).unwrap();
        file.append(|events| events.put(&Event { step: 3, ..Event::default() })).unwrap();
        assert!(file.is_whole_in(folder.path()) && !file.is_whole_in(Path::new("elsewhere")));
        access::append(&file.path).unwrap().write_all(b"x").unwrap();
        assert!(!file.is_whole_in(folder.path()));
    }
}
