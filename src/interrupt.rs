//! The flag that Ctrl-C sets. The interpreter polls it between operations; native loops poll it themselves.

use crate::error::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C set the flag instead of ending the process. Called once, by the program's `main`.
pub fn install() {
    // Only fails where a handler is there already; then that one stays in charge.
    let _ = ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::SeqCst) {
            // Asked twice, and the first was not answered: whatever runs does not poll.
            std::process::exit(130);
        }
    });
}

pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

pub fn clear() {
    REQUESTED.store(false, Ordering::SeqCst);
}

/// An error if the user has asked to stop; native loops call this once a round.
pub fn check() -> Result<()> {
    if requested() { Err(Error::new(ErrorKind::Interrupted, "interrupted")) } else { Ok(()) }
}
