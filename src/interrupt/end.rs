//! The end of the process, at once.

use super::flag;

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
