//! How much memory a script may take: `--max-memory` for all that the program holds, and a quarter of it for the script's own
//! values (texts, arrays, maps), which an allocation that fails would end the program for.
//!
//! libtorch reports memory that it does not get, and so tensors are refused three times: where their size is known before
//! ([`room`]); between two operations of the script ([`exceeded`]); and by the system, at twice the limit.

use crate::error::{Error, ErrorKind, Result};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// 0: what the machine has.
static LIMIT: AtomicU64 = AtomicU64::new(0);
/// What scripts' own values may take.
static VALUES: AtomicU64 = AtomicU64::new(u64::MAX);
/// The least that the interpreter's stack has.
const STACK: u64 = 512 << 20;
/// What it has: values that hold values that hold values are walked by recursion, and freed so.
static STACK_HAD: AtomicU64 = AtomicU64::new(STACK);
/// What the program held before any script.
static BEFORE: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, which counts what each thread holds: scripts' values all belong to one.
#[derive(Debug)]
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came; the count is a number of this thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(layout.size() as i64));
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(layout.size() as i64));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get().wrapping_sub(layout.size() as i64));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(size as i64 - layout.size() as i64));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Bytes that this thread holds in values of Rust's: not those of tensors, which are libtorch's.
pub fn held() -> u64 {
    HELD.get().max(0) as u64
}

/// Limits what scripts take from now on; without `bytes`, values to a quarter of what is free.
pub fn limit(bytes: Option<u64>) {
    BEFORE.store(resident().unwrap_or(0), Ordering::Relaxed);
    LIMIT.store(bytes.unwrap_or(0), Ordering::Relaxed);
    let values = bytes.or_else(free).map_or(u64::MAX, |all| all / 4);
    VALUES.store(values.min(STACK_HAD.load(Ordering::Relaxed) / 2), Ordering::Relaxed);
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

/// Runs `f` on a thread with a stack on which the deepest recursion of a script ends at the interpreter's own limit, and on which
/// values can be freed that are as deeply nested as [`limit`] lets them be: half of the machine's memory, of which nothing is taken
/// that is not used.
///
/// # Errors
/// The system gives no such thread, or it failed.
pub fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, String> {
    let mut stack = number("/proc/meminfo", "MemTotal:").map_or(STACK, |all| (all / 2).max(STACK));
    let f = Mutex::new(Some(f));
    std::thread::scope(|scope| {
        loop {
            STACK_HAD.store(stack, Ordering::Relaxed);
            let run = || f.lock().ok().and_then(|mut f| f.take()).map(|f| f());
            match std::thread::Builder::new().stack_size(stack as usize).spawn_scoped(scope, run) {
                Ok(thread) => {
                    let failed = || "the interpreter's thread failed".to_string();
                    return thread.join().ok().flatten().ok_or_else(failed);
                }
                Err(e) if stack == STACK => return Err(e.to_string()),
                Err(_) => stack = (stack / 2).max(STACK),
            }
        }
    })
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

/// What of this process is in memory, in bytes; `None` where the system says nothing.
pub fn resident() -> Option<u64> {
    process("VmRSS:")
}

/// A line of what Linux says of this process, in bytes; `None` on other systems.
pub fn process(field: &str) -> Option<u64> {
    number("/proc/self/status", field)
}

/// What the system says is available; `None` where it says nothing.
fn free() -> Option<u64> {
    number("/proc/meminfo", "MemAvailable:")
}

fn number(file: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

fn shown(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{} kB", bytes / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

/// `2G`, `500M`, `64k`, or bytes.
///
/// # Errors
/// Anything else.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        _ => return Err("a size is a number with k, M or G behind it, such as 2G".into()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0);
    bytes.ok_or_else(|| "a size is a number with k, M or G behind it, such as 2G".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_a_unit() {
        assert_eq!(parse("2G"), Ok(2_000_000_000));
        assert_eq!(parse("500mb"), Ok(500_000_000));
        assert_eq!(parse("1024"), Ok(1024));
        for wrong in ["", "G", "2T", "-1", "0", "1.5G", "99999999999999G"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_thread_holds_is_counted_and_forgotten() {
        let before = held();
        let text = vec![1_u8; 1 << 20];
        assert!(held() >= before + (1 << 20));
        drop(text);
        assert!(held() < before + (1 << 20));
    }
}
