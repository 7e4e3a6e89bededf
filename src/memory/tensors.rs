//! What libtorch's tensors on the processor take: `cpu_allocator.cpp` asks here for each block.

use super::budget;
use std::ffi::c_char;
use std::sync::Once;

unsafe extern "C" {
    fn imdbsh_count_tensors();
}

/// Counts the tensors that are made from now on. Those made before are given back to whom they were taken from.
pub(super) fn count() {
    static ONCE: Once = Once::new();
    // SAFETY: it sets libtorch's allocator, once.
    ONCE.call_once(|| unsafe { imdbsh_count_tensors() });
}

/// Counts `bytes` and says whether they can be had; if not, `why` tells.
///
/// # Safety
/// `why` has room for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn imdbsh_take(bytes: usize, why: *mut c_char, length: usize) -> bool {
    let Err(refused) = budget::take(bytes as u64) else { return true };
    let mut text = format!("{refused}").into_bytes();
    text.truncate(length.saturating_sub(1));
    text.push(0);
    // SAFETY: no more than `length`, of which there is at least one.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr().cast(), why, text.len()) };
    false
}

/// Counts `bytes` as taken, or as given back.
#[unsafe(no_mangle)]
extern "C" fn imdbsh_count(bytes: i64) {
    budget::count(bytes);
}
