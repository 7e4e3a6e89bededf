//! Small operations, which wake no threads.
//!
//! A hand-written cell multiplies 64 × 128 by 128 × 512 at each step: a quarter of a millisecond, which libtorch's MKL divides among all threads. Where another
//! process has one of the cores, its thread comes late, and the others wait for it at each step: a hand-written LSTM took ten times as
//! long and more.

use std::sync::OnceLock;

unsafe extern "C" {
    fn imdbsh_keep_small_operations() -> bool;
}

/// From now on, products of up to 8 million multiplications, sums of up to 262,144 numbers and functions of up to 65,536 are computed on the thread that asks
/// for them, in forward and backward passes; so their bits do not depend on the number of threads. Larger ones are divided among all as before.
///
/// False, and nothing changes, where libtorch has no MKL inside: on other processors than x86-64, and in some distributions.
pub fn stay_on_one_thread() -> bool {
    static DONE: OnceLock<bool> = OnceLock::new();
    // SAFETY: it changes what libtorch calls for these operations, once; no exception comes out of it.
    *DONE.get_or_init(|| unsafe { imdbsh_keep_small_operations() })
}
