//! The interpreter's thread.

use super::system::number;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The least that its stack has.
const STACK: u64 = 512 << 20;
/// What a copy of a value, or its end, takes of it for each byte of the value, at most: a level of arrays has 40 bytes, and takes 128 of it.
pub const STACK_OF_A_BYTE: u64 = 4;
/// What it has: values that hold values that hold values are walked by recursion, and freed so.
static STACK_HAD: AtomicU64 = AtomicU64::new(STACK);

/// The size of its stack.
pub(super) fn had() -> u64 {
    STACK_HAD.load(Ordering::Relaxed)
}

/// Runs `f` on a thread with a stack on which the deepest recursion of a script ends at the interpreter's own limit, and on which
/// values can be copied and freed that are as deeply nested as [`limit`](super::limit()) lets them be: as many addresses as the machine
/// has memory, of which nothing is taken that is not used.
///
/// # Errors
/// The system gives no such thread, or it failed.
pub fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, String> {
    let mut stack = number("/proc/meminfo", "MemTotal:").map_or(STACK, |all| all.max(STACK));
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
                Err(e) if stack == STACK => return Err(format!("no thread can be started for the interpreter: {e}")),
                Err(_) => stack = (stack / 2).max(STACK),
            }
        }
    })
}
