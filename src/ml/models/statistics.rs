//! Whether layers take what they see into the statistics that they keep of training.

use std::cell::Cell;

thread_local! {
    static ARE_KEPT: Cell<bool> = const { Cell::new(true) };
}

/// Runs `f`, in whose passes layers leave their running statistics as they are: it looks at weights that are not the network's own.
pub fn without_statistics<T>(f: impl FnOnce() -> T) -> T {
    struct PutBack(bool);
    impl Drop for PutBack {
        fn drop(&mut self) {
            ARE_KEPT.set(self.0);
        }
    }
    let _put_back = PutBack(ARE_KEPT.replace(false));
    f()
}

pub(super) fn are_kept() -> bool {
    ARE_KEPT.get()
}
