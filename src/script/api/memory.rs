//! How much memory the program holds.

use crate::memory;
use rhai::{Dynamic, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The most memory that the program has held so far, in bytes; `()` where the system does not tell (it does on Linux).
    ///
    /// ```rhai
    /// assert(peak_memory() == () || peak_memory() > 1_000_000);
    /// ```
    pub fn peak_memory() -> Dynamic {
        memory::process("VmHWM:").map_or(Dynamic::UNIT, |bytes| Dynamic::from(bytes as i64))
    }
}
