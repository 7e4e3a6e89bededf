//! What the system says of this process. Nothing, on others than Linux.

#![expect(clippy::disallowed_methods, reason = "what Linux says of this process")]

/// What of this process is in memory, in bytes; `None` where the system says nothing.
pub fn resident() -> Option<u64> {
    process("VmRSS:")
}

/// A line of what Linux says of this process, in bytes; `None` on other systems.
pub fn process(field: &str) -> Option<u64> {
    number("/proc/self/status", field)
}

/// A line of one of Linux's files on itself, in bytes.
pub(super) fn number(file: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}
