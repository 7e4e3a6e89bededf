//! A program that ends with the one that started it.

/// From here on, the end of the program `parent`, which has started this one, is a SIGTERM: what runs keeps its place. Where the system has no such thing, nothing
/// happens.
pub fn end_with(parent: u32) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getpid, getppid, kill_process, set_parent_process_death_signal};
        let _ = set_parent_process_death_signal(Some(Signal::TERM));
        // It may have ended before that.
        if getppid().is_none_or(|now| now.as_raw_nonzero().get() as u32 != parent) {
            let _ = kill_process(getpid(), Signal::TERM);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = parent;
}
