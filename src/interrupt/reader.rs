//! The thread in which the line editor waits for keys.

use signal_hook::consts::SIGINT;
use std::sync::atomic::{AtomicUsize, Ordering};

/// That thread, or 0.
static READER: AtomicUsize = AtomicUsize::new(0);

/// Runs `read`, which waits for keys and comes back at a SIGINT; one is sent to it when the program is to end.
pub fn awaited<T>(read: impl FnOnce() -> T) -> T {
    #[allow(unsafe_code, reason = "it asks for the number of this thread")]
    let thread = unsafe { libc::pthread_self() };
    READER.store(thread as usize, Ordering::SeqCst);
    let read = read();
    READER.store(0, Ordering::SeqCst);
    read
}

/// Whether the line editor waits.
pub(super) fn waits() -> bool {
    READER.load(Ordering::SeqCst) != 0
}

/// Where the line editor waits, it comes back at a SIGINT in its thread. Says whether it waits.
pub(super) fn wake() -> bool {
    let thread = READER.load(Ordering::SeqCst);
    #[allow(unsafe_code, reason = "the interpreter's thread, which reads, is there to the end")]
    unsafe {
        thread != 0 && libc::pthread_kill(thread as libc::pthread_t, SIGINT) == 0
    }
}
