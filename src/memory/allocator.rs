//! What Rust's values take, counted as they are asked for: of each thread, and of the program.

use super::budget::{self, Refused};
use crate::interrupt;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static HELD: Cell<i64> = const { Cell::new(0) };
    /// What of it the budget knows.
    static KNOWN: Cell<i64> = const { Cell::new(0) };
}

/// A thread tells the budget of so much at once.
const PORTION: i64 = 16 << 10;

/// The system's allocator, which counts what each thread holds: scripts' values all belong to one.
#[derive(Debug)]
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How the user is told when no memory can be had.
static TELL: OnceLock<fn(&str)> = OnceLock::new();
/// Whether the program ends for want of memory.
static ENDS: AtomicBool = AtomicBool::new(false);

/// A Rust program cannot go on without memory that it has asked for: it ends, and tells why.
pub(super) fn end_with(tell: fn(&str)) {
    let _ = TELL.set(tell);
}

/// What a block takes of glibc's heap.
const fn taken(size: usize) -> i64 {
    let with_header = (size.saturating_add(23) & !15) as i64;
    if with_header < 32 { 32 } else { with_header }
}

fn count(bytes: i64) {
    let held = HELD.get().wrapping_add(bytes);
    HELD.set(held);
    let unknown = held.wrapping_sub(KNOWN.get());
    if !(-PORTION..=PORTION).contains(&unknown) {
        KNOWN.set(held);
        if unknown < 0 {
            budget::count(unknown);
        } else if let Err(refused) = budget::take_for_rust(unknown) {
            end(Some(refused));
        }
    }
}

/// Ends the program in order: a catchable error would have had to come before. What it takes to tell the user is taken.
#[cold]
fn end(refused: Option<Refused>) {
    let Some(tell) = TELL.get() else { return };
    if ENDS.swap(true, Ordering::SeqCst) {
        return;
    }
    let why = match refused {
        Some(refused) => refused.to_string(),
        None => "not enough memory: the system gives no more".to_string(),
    };
    interrupt::end_after(&format!("error: stopped: {why}"), interrupt::FAILED, *tell);
}

// SAFETY: every call goes to the system's allocator as it came; the counts are numbers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(taken(layout.size()));
        had(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(taken(layout.size()));
        had(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-taken(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(taken(size) - taken(layout.size()));
        had(unsafe { System.realloc(pointer, layout, size) })
    }
}

fn had(block: *mut u8) -> *mut u8 {
    if block.is_null() {
        end(None);
    }
    block
}

/// Bytes that this thread holds in values of Rust's: not those of tensors, which are libtorch's.
pub fn held() -> u64 {
    HELD.get().max(0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_holds_is_counted_and_forgotten() {
        let before = held();
        let text = vec![1_u8; 1 << 20];
        assert!(held() >= before + (1 << 20));
        drop(text);
        assert!(held() < before + (1 << 20));
    }
}
