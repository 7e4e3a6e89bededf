//! How much memory the program holds.

use rhai::{Dynamic, plugin::*};

/// A line of `/proc/self/status`, in bytes. Only Linux has it.
#[expect(clippy::disallowed_methods, reason = "no path of a script's")]
fn status(field: &str) -> Dynamic {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kilobytes: Option<i64> = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok());
    kilobytes.map_or(Dynamic::UNIT, |k| Dynamic::from(k * 1024))
}

#[export_module]
pub mod api {
    /// The most memory that the program has held so far, in bytes; `()` where the system does not tell (it does on Linux).
    ///
    /// ```rhai
    /// assert(peak_memory() == () || peak_memory() > 1_000_000);
    /// ```
    pub fn peak_memory() -> Dynamic {
        status("VmHWM")
    }
}
