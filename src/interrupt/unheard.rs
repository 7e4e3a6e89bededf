//! What runs does not answer: it is in the middle of what cannot be stopped.

use super::{end::end_after, flag, hold, twice};

/// Waits for a signal that came just now to be answered. A training that holds it back answers at its next step, however long that takes.
pub(super) fn wait(tell: fn(&str)) {
    // Where the system gives no thread, a second signal ends the program.
    let _ = std::thread::Builder::new().spawn(move || {
        std::thread::sleep(flag::PATIENCE);
        if !flag::pending() || !flag::is_polled() || hold::is_held() {
            return;
        }
        match twice::can_ask() && !flag::ending() {
            true => {
                tell("\nwhat runs cannot be stopped in its middle; Ctrl-C once more asks whether to end the program")
            }
            false => end_after(flag::reason(), flag::code().into(), tell),
        }
    });
}
