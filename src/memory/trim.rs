//! What is kept for the next block, by the system's allocator and by that of the tensors, is not counted as held, and still is the program's: near the
//! limit it is given back. Below it is kept, for page faults would cost a good part of a training.

#![expect(clippy::disallowed_methods, reason = "what Linux says of this process")]

use std::fs::File;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

unsafe extern "C" {
    fn imdbsh_give_back_kept();
}

/// What this process may have in memory of its own, in bytes.
static MOST: AtomicU64 = AtomicU64::new(u64::MAX);

/// From now on the process is kept below what it has now and `bytes` more.
pub(super) fn keep(bytes: Option<u64>) {
    let most = bytes.zip(own()).map_or(u64::MAX, |(bytes, own)| own.saturating_add(bytes));
    MOST.store(most, Ordering::Relaxed);
}

/// Gives back what is not needed if `bytes` more could be too much.
pub(super) fn make_room(bytes: u64) {
    let most = MOST.load(Ordering::Relaxed);
    if most < u64::MAX && own().is_some_and(|own| own.saturating_add(bytes) > most) {
        trim();
    }
}

/// How much too much the process has in memory, if it has: what no allocator has counted, such as the buffers of MKL, included.
pub(super) fn excess(spare: u64) -> Option<u64> {
    let most = MOST.load(Ordering::Relaxed).saturating_add(spare);
    let excess = || own().and_then(|own| own.checked_sub(most)).filter(|over| *over > 0);
    excess().and_then(|_| {
        trim();
        excess()
    })
}

/// Pages of this process that are no file's, in bytes. Takes no memory itself.
fn own() -> Option<u64> {
    static STATM: OnceLock<Option<File>> = OnceLock::new();
    let file = STATM.get_or_init(|| File::open("/proc/self/statm").ok()).as_ref()?;
    let mut text = [0; 256];
    let length = rustix::io::pread(file, &mut text, 0).ok()?;
    let mut numbers = str::from_utf8(&text[..length]).ok()?.split_ascii_whitespace().map(|n| n.parse::<u64>().ok());
    let (resident, of_files) = (numbers.nth(1)??, numbers.next()??);
    // SAFETY: it asks for a number.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
    Some(resident.saturating_sub(of_files) * page)
}

/// Gives back what is not needed.
pub(super) fn trim() {
    // SAFETY: it takes nothing, and locks what it changes; whoever holds that lock never asks here.
    unsafe { imdbsh_give_back_kept() };
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes no pointer, and locks the heap itself.
    unsafe {
        libc::malloc_trim(0);
    }
}
