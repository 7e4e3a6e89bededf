//! The second Ctrl-C.

use super::{end::end, flag};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Two within this time are "twice quickly".
const QUICKLY: Duration = Duration::from_secs(2);

static LAST: Mutex<Option<Instant>> = Mutex::new(None);
/// Asks whether the program is to end.
static ASK: OnceLock<fn() -> bool> = OnceLock::new();
/// Held while the question is open.
static ASKING: Mutex<()> = Mutex::new(());

/// Notes a Ctrl-C that came as a key, and tells whether another one came shortly before.
pub fn note() -> bool {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.replace(Instant::now()).is_some_and(|before| before.elapsed() < QUICKLY)
}

/// Forgets when the last Ctrl-C came: the user has said what it meant.
pub fn forget() {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// From now on, whoever interrupts a second time is asked with `ask` before the program ends.
pub fn ask_with(ask: fn() -> bool) {
    let _ = ASK.set(ask);
}

/// Whether there is a user who can be asked.
pub(super) fn can_ask() -> bool {
    ASK.get().is_some()
}

/// Asked twice, and the first was not answered: what runs does not poll. Ends the program, once the user has said so where
/// there is a user; a third time ends it at once.
pub(super) fn again() {
    let Some(ask) = ASK.get().filter(|_| !flag::ending()) else { end() };
    let asks = std::thread::Builder::new().spawn(|| {
        let Ok(_open) = ASKING.try_lock() else { end() };
        if ask() {
            end();
        }
    });
    // Without a thread nobody can be asked.
    if asks.is_err() {
        end();
    }
}

/// Waits until no question is open, so that the next line that is read is not its answer.
pub fn settle() {
    drop(ASKING.lock().unwrap_or_else(PoisonError::into_inner));
}
