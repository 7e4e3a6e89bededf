//! The sign of life of a run: while its process lives, the time of its `.lock` is that of the last seconds.
//!
//! The file is held open, so that nothing is looked for by its name, no disk is waited for, and a folder that another run has taken is left
//! alone. Its time is the file system's own: of machines that share one, it does not matter how their clocks go.

use std::fs::File;
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};
use std::time::Duration;

/// How often the sign is given.
pub const EVERY: Duration = Duration::from_secs(10);

static BEATING: Mutex<Vec<Weak<File>>> = Mutex::new(Vec::new());

/// From now on, as long as somebody holds `lock`.
pub fn begin(lock: &Arc<File>) {
    static THREAD: Once = Once::new();
    beat(lock);
    BEATING.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(lock));
    THREAD.call_once(|| {
        let all = || loop {
            std::thread::sleep(EVERY);
            beat_all();
        };
        // Without a thread there are no signs, and the lock says the same wherever it works.
        let _ = std::thread::Builder::new().name("heartbeat".into()).stack_size(128 << 10).spawn(all);
    });
}

fn beat_all() {
    let mut beating = BEATING.lock().unwrap_or_else(PoisonError::into_inner);
    beating.retain(|lock| lock.upgrade().inspect(|lock| beat(lock)).is_some());
}

fn beat(lock: &File) {
    #[cfg(unix)]
    {
        use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        let _ = futimens(lock, &Timestamps { last_access: now, last_modification: now });
    }
    #[cfg(not(unix))]
    let _ = lock.set_modified(std::time::SystemTime::now());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_is_held_gives_its_sign_and_what_is_let_go_of_gives_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let age = || std::fs::metadata(&path).unwrap().modified().unwrap().elapsed().unwrap_or_default();
        let old = SystemTime::now() - Duration::from_secs(3600);
        let lock = Arc::new(File::create(&path).unwrap());
        begin(&lock);
        lock.set_modified(old).unwrap();
        beat_all();
        assert!(age() < Duration::from_secs(60), "{:?}", age());
        lock.set_modified(old).unwrap();
        drop(lock);
        beat_all();
        assert!(age() > Duration::from_secs(60), "{:?}", age());
    }
}
