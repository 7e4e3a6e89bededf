//! Another program has the terminal: Ctrl-C is meant for it.

use std::sync::atomic::{AtomicBool, Ordering};

static ELSEWHERE: AtomicBool = AtomicBool::new(false);

struct Back;

impl Drop for Back {
    fn drop(&mut self) {
        ELSEWHERE.store(false, Ordering::SeqCst);
    }
}

/// Runs `f`, which waits for the end of a program that the user has started. Ctrl-C is not ours until then.
pub fn elsewhere<T>(f: impl FnOnce() -> T) -> T {
    ELSEWHERE.store(true, Ordering::SeqCst);
    let _back = Back;
    f()
}

pub(super) fn is_elsewhere() -> bool {
    ELSEWHERE.load(Ordering::SeqCst)
}
