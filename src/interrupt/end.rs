//! The end of the process, at once.

use super::flag;
use std::io::{self, Write};
use std::sync::mpsc;
use std::time::Duration;

/// The exit code of a program that failed.
pub const FAILED: i32 = 1;

/// Ends it with the code of the signal that asked for it.
pub fn end() -> ! {
    exit_at_once(flag::code().into())
}

pub fn exit_at_once(code: i32) -> ! {
    // Not `exit`, which would take away what the interpreter's thread is in the middle of using.
    #[allow(unsafe_code, reason = "it ends the process and touches nothing")]
    unsafe {
        libc::_exit(code)
    }
}

/// Ends it when all is done. Not by `exit`: libtorch takes its thousands of operations down one by one then, which is a third of the time of a
/// program that has little to do.
pub fn exit_when_written(code: i32) -> ! {
    // What cannot be written was said, or is said nowhere.
    #[expect(clippy::disallowed_methods, reason = "what others have put there")]
    let _ = io::stdout().flush();
    #[allow(unsafe_code, reason = "it writes what libraries in C have yet to write")]
    unsafe {
        libc::fflush(std::ptr::null_mut());
    }
    exit_at_once(code)
}

/// Ends it with `code` once `tell` has told the user why. It may be that nobody reads what it writes, or that what runs is in the middle of
/// writing: that is waited for no longer than for a second.
pub fn end_after(why: &str, code: i32, tell: fn(&str)) -> ! {
    let (told, is_told) = mpsc::channel();
    let text = why.to_string();
    let teller = std::thread::Builder::new().spawn(move || {
        tell(&text);
        let _ = told.send(());
    });
    if teller.is_err() || is_told.recv_timeout(Duration::from_secs(1)).is_err() {
        #[allow(unsafe_code, reason = "it writes to stderr past all locks, which the last words of a process may")]
        unsafe {
            // A pipe that is full would keep it for ever.
            let mut stderr = libc::pollfd { fd: libc::STDERR_FILENO, events: libc::POLLOUT, revents: 0 };
            if libc::poll(&raw mut stderr, 1, 0) == 1 {
                libc::write(libc::STDERR_FILENO, why.as_ptr().cast(), why.len());
            }
        }
    }
    exit_at_once(code);
}
