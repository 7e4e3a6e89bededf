//! Whether what runs is to stop, and why.

use super::hold;
use crate::error::{Error, ErrorKind, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

/// How long what runs may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_millis(600);

static REQUESTED: AtomicBool = AtomicBool::new(false);
/// Whether `--max-seconds` are over.
static EXPIRED: AtomicBool = AtomicBool::new(false);
/// The signal that has said that the program is to end, or 0.
static ENDING: AtomicI32 = AtomicI32::new(0);
/// How many scripts are running, which poll the flag.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Whether whatever runs is to stop now.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed) && !hold::holds() || expired()
}

/// Whether the time is over that the user gave.
pub fn expired() -> bool {
    EXPIRED.load(Ordering::Relaxed)
}

pub(super) fn expire() {
    EXPIRED.store(true, Ordering::SeqCst);
}

/// Why what runs is to stop, as a message begins.
pub fn reason() -> &'static str {
    match ENDING.load(Ordering::SeqCst) {
        _ if expired() => "stopped: the time of --max-seconds is over",
        SIGTERM => "ended by SIGTERM",
        SIGHUP => "ended by SIGHUP",
        _ => "interrupted",
    }
}

/// Whether the user has asked, even if that is held back.
pub fn pending() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Asks as the user does.
pub fn request() {
    raise();
}

/// Sets the flag, and tells whether it was set.
pub(super) fn raise() -> bool {
    REQUESTED.swap(true, Ordering::SeqCst)
}

/// Takes a Ctrl-C as answered. What ends the program stays.
pub fn clear() {
    REQUESTED.store(ending(), Ordering::SeqCst);
    hold::clear();
}

/// Whether the program is to end, whatever the user would answer at a prompt.
pub fn ending() -> bool {
    ENDING.load(Ordering::SeqCst) != 0
}

/// From now on the program is to end, because of `signal`. Tells whether it was the first to say so.
pub(super) fn begin_to_end(signal: i32) -> bool {
    ENDING.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

/// The program's exit code after a signal: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
pub fn code() -> u8 {
    let signal = ENDING.load(Ordering::SeqCst);
    128 + if signal == 0 { SIGINT } else { signal } as u8
}

/// Runs `f`, which polls the flag: until it is over, signals do not end the program by themselves.
pub fn polled<T>(f: impl FnOnce() -> T) -> T {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    RUNNING.fetch_add(1, Ordering::SeqCst);
    let _over = Over;
    f()
}

/// Whether anything runs that polls the flag.
pub(super) fn is_polled() -> bool {
    RUNNING.load(Ordering::SeqCst) > 0
}

/// What native loops call once a round.
///
/// # Errors
/// The user has asked to stop.
pub fn check() -> Result<()> {
    if requested() { Err(Error::new(ErrorKind::Interrupted, reason())) } else { Ok(()) }
}
