//! What scripts may take, and how they are refused more.

use super::{
    allocator::{self, held},
    budget, machine,
    size::shown,
    stack::{self, STACK_OF_A_BYTE},
    system::process,
    tensors, trim,
};
use crate::error::{Error, ErrorKind, Result};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// What scripts' own values may take.
static VALUES: AtomicU64 = AtomicU64::new(u64::MAX);

/// Limits what the program takes from now on; without `bytes`, to what the machine has, and values to a quarter of what is free. `tell` is
/// how the user is told when the program ends for want of memory.
pub fn limit(bytes: Option<u64>, tell: fn(&str)) {
    tensors::count();
    allocator::end_with(tell);
    budget::limit(bytes);
    trim::keep(bytes);
    let values = bytes.or_else(|| machine::free(false).map(|free| free.max(0) as u64)).map_or(u64::MAX, |all| all / 4);
    VALUES.store(values.min(stack::had() / (STACK_OF_A_BYTE + 1)), Ordering::Relaxed);
    #[cfg(target_os = "linux")]
    if let Some(bytes) = bytes {
        // Counts what is asked for, not what is used, stacks of threads included.
        const SPARE: u64 = 1 << 30;
        let hard = process("VmData:").unwrap_or(0).saturating_add(bytes.saturating_mul(2)).saturating_add(SPARE);
        let _ = rustix::process::setrlimit(
            rustix::process::Resource::Data,
            rustix::process::Rlimit { current: Some(hard), maximum: None },
        );
    }
}

/// Refuses `bytes` more in tensors, before libtorch is asked for them: what it would say names no operation.
///
/// # Errors
/// Kind `memory`: more than `--max-memory` leaves, or than the machine has free. `what` takes them.
pub fn room(what: impl Fn() -> String, bytes: u64) -> Result<()> {
    budget::has_room(bytes).map_err(|refused| {
        Error::new(ErrorKind::Memory, format!("{} takes {}, and {}", what(), shown(bytes), refused.left()))
    })
}

/// Whether so many bytes more could be had.
pub fn has_room(bytes: u64) -> bool {
    budget::has_room(bytes).is_ok()
}

/// Refuses `bytes` more in a script's own values.
///
/// # Errors
/// Kind `memory`: more than values may take, or than there is. `what` takes them.
pub fn room_for_values(what: &str, bytes: u64) -> Result<()> {
    let left = VALUES.load(Ordering::Relaxed).saturating_sub(held());
    if bytes <= left {
        // Texts and tensors have one memory.
        return room(|| what.to_string(), bytes);
    }
    let message = format!("{what} would be of {bytes} bytes, and {left} are left for texts, arrays and maps");
    Err(Error::new(ErrorKind::Memory, message))
}

thread_local! {
    static REFUSED: Cell<Option<String>> = const { Cell::new(None) };
}

/// Remembers that this thread's script was refused something, where it could not be told at once.
pub fn refuse(why: String) {
    REFUSED.set(Some(why));
}

/// What it was refused since it was asked last.
pub fn refused() -> Option<String> {
    REFUSED.take().map(|why| format!("stopped: {why}"))
}

/// Why the script has to end, if it does: it holds more than it may, or was refused more.
pub fn exceeded(look_at_process: bool) -> Option<String> {
    /// Of what nobody counts: the buffers of MKL and oneDNN.
    const UNCOUNTED: u64 = 48 << 20;
    if let Some(why) = refused() {
        return Some(why);
    }
    let values = VALUES.load(Ordering::Relaxed);
    if held() > values {
        let (held, values) = (shown(held()), shown(values));
        return Some(format!(
            "stopped: texts, arrays and maps take {held}, and may take {values} (--max-memory allows more)"
        ));
    }
    let limit = budget::limited()?;
    let excess = budget::excess().or_else(|| look_at_process.then(|| trim::excess(UNCOUNTED)).flatten())?;
    Some(format!(
        "stopped: it takes {} of memory, and --max-memory is {}",
        shown(limit.saturating_add(excess)),
        shown(limit)
    ))
}

/// Whether there is a limit for tensors.
pub fn is_limited() -> bool {
    budget::limited().is_some()
}
