//! What scripts may take, and how they are refused more.

use super::{
    allocator::held,
    size::shown,
    stack,
    system::{free, process, resident},
};
use crate::error::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU64, Ordering};

/// 0: what the machine has.
static LIMIT: AtomicU64 = AtomicU64::new(0);
/// What scripts' own values may take.
static VALUES: AtomicU64 = AtomicU64::new(u64::MAX);
/// What the program held before any script.
static BEFORE: AtomicU64 = AtomicU64::new(0);

/// Limits what scripts take from now on; without `bytes`, values to a quarter of what is free.
pub fn limit(bytes: Option<u64>) {
    BEFORE.store(resident().unwrap_or(0), Ordering::Relaxed);
    LIMIT.store(bytes.unwrap_or(0), Ordering::Relaxed);
    let values = bytes.or_else(free).map_or(u64::MAX, |all| all / 4);
    VALUES.store(values.min(stack::had() / 2), Ordering::Relaxed);
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

/// Refuses `bytes` more in tensors, before libtorch is asked for them.
///
/// # Errors
/// Kind `memory`: more than `--max-memory` leaves, or than the machine has free. `what` takes them.
pub fn room(what: impl Fn() -> String, bytes: u64) -> Result<()> {
    /// Smaller ones are not looked at one by one: that would take longer than to make them.
    const SMALL: u64 = 1 << 20;
    /// The system would rather end the program than refuse more than it has.
    const LARGE: u64 = 1 << 30;
    let refuse = |free: u64, whose: &str| {
        let (needs, free) = (bytes as f64 / 1e9, free as f64 / 1e9);
        Err(Error::new(ErrorKind::Memory, format!("{} takes {needs:.1} GB, and {free:.1} GB {whose}", what())))
    };
    match LIMIT.load(Ordering::Relaxed) {
        limit if limit > 0 && bytes > SMALL => match limit.saturating_sub(taken()) {
            left if bytes > left => return refuse(left, &format!("are left of the {} of --max-memory", shown(limit))),
            _ => {}
        },
        _ => {}
    }
    match free() {
        Some(free) if bytes > LARGE && bytes > free => refuse(free, "are free"),
        _ => Ok(()),
    }
}

/// Refuses `bytes` more in a script's own values.
///
/// # Errors
/// Kind `memory`: more than values may take. `what` takes them.
pub fn room_for_values(what: &str, bytes: u64) -> Result<()> {
    let left = VALUES.load(Ordering::Relaxed).saturating_sub(held());
    if bytes <= left {
        return Ok(());
    }
    let message = format!("{what} would be of {bytes} bytes, and {left} are left for texts, arrays and maps");
    Err(Error::new(ErrorKind::Memory, message))
}

/// Why the script has to end, if it does: it holds more than it may.
pub fn exceeded(look_at_tensors: bool) -> Option<String> {
    let (values, limit) = (VALUES.load(Ordering::Relaxed), LIMIT.load(Ordering::Relaxed));
    if held() > values {
        let (held, values) = (shown(held()), shown(values));
        return Some(format!(
            "stopped: texts, arrays and maps take {held}, and may take {values} (--max-memory allows more)"
        ));
    }
    if look_at_tensors && limit > 0 && taken() > limit {
        return Some(format!("stopped: it takes {} of memory, and --max-memory is {}", shown(taken()), shown(limit)));
    }
    None
}

/// Whether there is a limit for tensors.
pub fn is_limited() -> bool {
    LIMIT.load(Ordering::Relaxed) > 0
}

/// What the program holds more than before any script.
fn taken() -> u64 {
    resident().unwrap_or(0).saturating_sub(BEFORE.load(Ordering::Relaxed))
}
