//! The first Ctrl-C, held back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many [`Hold`]s there are.
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Whether the user has asked again while it was held back.
static INSISTED: AtomicBool = AtomicBool::new(false);

/// While it lives, the first Ctrl-C waits for whoever looks at [`pending`](super::pending); a second one stops what runs.
#[derive(Debug)]
pub struct Hold(());

impl Hold {
    pub fn new() -> Self {
        HELD.fetch_add(1, Ordering::SeqCst);
        Hold(())
    }
}

impl Default for Hold {
    fn default() -> Self {
        Hold::new()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Runs `f` as if nothing were held back, such as a prompt in the middle of what holds.
pub fn released<T>(f: impl FnOnce() -> T) -> T {
    struct Again(usize);
    impl Drop for Again {
        fn drop(&mut self) {
            HELD.store(self.0, Ordering::SeqCst);
        }
    }
    let _again = Again(HELD.swap(0, Ordering::SeqCst));
    f()
}

/// Whether there is any.
pub(super) fn is_held() -> bool {
    HELD.load(Ordering::SeqCst) > 0
}

/// Whether it keeps what runs from stopping.
pub(super) fn holds() -> bool {
    HELD.load(Ordering::Relaxed) > 0 && !INSISTED.load(Ordering::Relaxed)
}

/// The user has asked again. Tells whether that was so before.
pub(super) fn insist() -> bool {
    INSISTED.swap(true, Ordering::SeqCst)
}

pub(super) fn clear() {
    INSISTED.store(false, Ordering::SeqCst);
}
