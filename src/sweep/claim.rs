//! Who is at work on a trial. A claim is a lock on a file, which the system frees however its holder ends. Where the file system has no locks, it is a file that its
//! holder writes to again and again, and that is anybody's once it has not been written to for a while.

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::lock::try_lock;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How often a holder says that it is there, and after how long a silence it is dead. File systems of networks keep what they know of a file for up to a minute.
const BEAT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(150);

/// How trials are claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Lock,
    Heartbeat,
}

impl Way {
    /// The one that works in a folder: whether a lock keeps a second one out is tried.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn that_works(folder: &Path) -> Result<Way> {
        let path = folder.join(format!("probe-{}", crate::ml::run::new_id()));
        let (first, second) = (access::append(&path)?, access::append(&path)?);
        let locks = matches!((first.try_lock(), second.try_lock()), (Ok(()), Err(std::fs::TryLockError::WouldBlock)));
        access::remove_file(&path)?;
        Ok(if locks { Way::Lock } else { Way::Heartbeat })
    }
}

/// A trial that is ours as long as this lives.
#[derive(Debug)]
pub enum Claim {
    Locked(File),
    Beating(Beating),
}

impl Claim {
    /// Claims what the file at `path` stands for; none where somebody else has it.
    ///
    /// # Errors
    /// A file that cannot be made or read.
    pub fn take(way: Way, path: &Path) -> Result<Option<Claim>> {
        match way {
            Way::Lock => Ok(try_lock(access::append(path)?, path)?.map(Claim::Locked)),
            Way::Heartbeat => Ok(Beating::take(path, SILENCE)?.map(Claim::Beating)),
        }
    }

    /// What holds the claim beside us: a process that has it as its input holds it too.
    pub fn shared(&self) -> Option<File> {
        match self {
            Claim::Locked(file) => file.try_clone().ok(),
            Claim::Beating(_) => None,
        }
    }

    /// Whether it was taken from us: we seemed dead.
    pub fn is_lost(&self) -> bool {
        matches!(self, Claim::Beating(beating) if beating.lost.load(Ordering::Relaxed))
    }
}

/// A file that a thread writes to again and again.
#[derive(Debug)]
pub struct Beating {
    path: PathBuf,
    name: String,
    lost: Arc<AtomicBool>,
    /// While it is there, the thread goes on.
    stop: Option<std::sync::mpsc::Sender<()>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Beating {
    fn take(path: &Path, silence: Duration) -> Result<Option<Beating>> {
        let name = format!("{:?} {}\n", SystemTime::now(), std::process::id());
        if let Some(there) = access::metadata(path)? {
            // Times are compared as the file system says them: clocks of machines differ.
            let now = now_at(path)?;
            let written = there.modified().map_err(|e| Error::file("read", path, e))?.into_std();
            if now.duration_since(written).unwrap_or_default() < silence {
                return Ok(None);
            }
            let dead = access::read_to_string(path).unwrap_or_default();
            let aside = format!("dead-{}", crate::ml::run::new_id());
            // Of several who see that it is dead, one can move it.
            if access::rename_beside(path, &aside).is_err() {
                return Ok(None);
            }
            let aside = path.with_file_name(aside);
            let is_theirs = access::read_to_string(&aside).is_ok_and(|text| text.starts_with(first_line(&dead)));
            access::remove_file(&aside)?;
            if !is_theirs {
                // Somebody else was quicker, and has lost it to us; at its next beat it sees that, and stops.
                return Ok(None);
            }
        }
        let Some(mut file) = access::create_new(path)? else { return Ok(None) };
        file.write_all(name.as_bytes()).map_err(|e| Error::file("write", path, e))?;
        let lost = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let (ours, seen, at) = (name.clone(), lost.clone(), path.to_path_buf());
        let beat = move || {
            while stopped.recv_timeout(BEAT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let is_ours = access::read_to_string(&at).is_ok_and(|text| text.starts_with(&ours));
                if !is_ours {
                    seen.store(true, Ordering::Relaxed);
                    return;
                }
                let _ = file.write_all(b".");
            }
        };
        let thread = std::thread::Builder::new().spawn(beat);
        let thread = thread.map_err(|e| Error::new(ErrorKind::Internal, format!("no thread can be had: {e}")))?;
        Ok(Some(Beating { path: path.to_path_buf(), name, lost, stop: Some(stop), thread: Mutex::new(Some(thread)) }))
    }
}

impl Drop for Beating {
    fn drop(&mut self) {
        drop(self.stop.take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.map(std::thread::JoinHandle::join);
        if access::read_to_string(&self.path).is_ok_and(|text| text.starts_with(&self.name)) {
            let _ = access::remove_file(&self.path);
        }
    }
}

fn first_line(text: &str) -> &str {
    text.split_inclusive('\n').next().unwrap_or_default()
}

/// What time it is for the file system of `path`.
fn now_at(path: &Path) -> Result<SystemTime> {
    let probe = path.with_file_name(format!("probe-{}", crate::ml::run::new_id()));
    let mut file = access::append(&probe)?;
    let failed = |e: std::io::Error| Error::file("write", &probe, e);
    file.write_all(b".").map_err(failed)?;
    let now = file.metadata().and_then(|file| file.modified()).map_err(failed);
    drop(file);
    access::remove_file(&probe)?;
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_has_a_claim_and_its_end_frees_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Way::that_works(folder.path()).unwrap(), Way::Lock);
        for (way, name) in [(Way::Lock, "a"), (Way::Heartbeat, "b")] {
            let path = folder.path().join(name);
            let first = Claim::take(way, &path).unwrap();
            assert!(first.is_some() && Claim::take(way, &path).unwrap().is_none(), "{way:?}");
            drop(first);
            assert!(Claim::take(way, &path).unwrap().is_some(), "{way:?}");
        }
    }

    #[test]
    fn what_a_lock_is_shared_with_holds_it_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let claim = Claim::take(Way::Lock, &path).unwrap().unwrap();
        let shared = claim.shared();
        drop(claim);
        assert!(Claim::take(Way::Lock, &path).unwrap().is_none());
        drop(shared);
        assert!(Claim::take(Way::Lock, &path).unwrap().is_some());
    }

    #[test]
    fn a_claim_that_is_silent_is_anybodys_by_the_file_systems_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "somebody\n").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - SILENCE / 2).unwrap();
        assert!(Claim::take(Way::Heartbeat, &path).unwrap().is_none(), "it may live");
        file.set_modified(SystemTime::now() - SILENCE * 2).unwrap();
        let claim = Claim::take(Way::Heartbeat, &path).unwrap().unwrap();
        assert!(Claim::take(Way::Heartbeat, &path).unwrap().is_none(), "it is ours");
        drop(claim);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    }
}
