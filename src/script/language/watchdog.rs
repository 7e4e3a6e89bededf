//! Ends scripts that the user interrupts, and those that go round without doing anything.

use crate::ml::run::{self, End};
use crate::{interrupt, memory};
use rhai::{Dynamic, Engine};
use std::cell::Cell;

thread_local! {
    static WORKED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a script got something done (a tensor was made): the count of idle operations starts anew.
pub fn note_work() {
    WORKED.set(true);
}

/// How often, in operations, the idle count is looked at.
const EVERY: u64 = 1024;
/// How often, in operations, the memory of tensors is looked at.
const LOOK: u64 = 128;

/// Polls between operations. `max_idle` is the number of operations without any work after which a script is taken to
/// loop for ever; 0 switches that off. A training of days is never cut short: its steps are work.
pub fn watch(engine: &mut Engine, max_idle: u64) {
    let last_work = Cell::new(0_u64);
    engine.on_progress(move |operations| {
        // The script goes on without the runs that it has let go of.
        run::settle(&End::Over);
        if interrupt::requested() {
            return Some(Dynamic::from(interrupt::reason()));
        }
        // Values can double with each operation; tensors are looked at less often, which takes longer.
        let look = memory::is_limited() && operations % LOOK == 0;
        if let Some(why) = memory::exceeded(look) {
            return Some(Dynamic::from(why));
        }
        if max_idle == 0 || operations % EVERY != 0 {
            return None;
        }
        // A closure that a native function calls counts on its own: the count can step back.
        if WORKED.replace(false) || operations < last_work.get() {
            last_work.set(operations);
        }
        if operations - last_work.get() < max_idle {
            return None;
        }
        last_work.set(operations);
        Some(Dynamic::from(format!(
            "stopped after {max_idle} operations without any work on tensors: does it loop for ever? \
             (--max-operations 0 lets it run)"
        )))
    });
}
