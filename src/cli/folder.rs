//! A current folder that has been deleted, or has no name for another reason. libtorch's MKL asks for its name while the program is
//! loaded, before `main`, and ends the program where there is none. So it is left before that, and come back to in `main`, where
//! everything that needs it says what is wrong with it.

use std::sync::atomic::{AtomicI32, Ordering};

/// The folder that was left, held open.
static LEFT: AtomicI32 = AtomicI32::new(NONE);
const NONE: i32 = -1;

/// Leaves the current folder if it has no name. For `.preinit_array`, which runs before the libraries' initialisers: nothing but calls
/// of the system can be made.
pub extern "C" fn leave_if_nameless() {
    // As long as MKL lets it be.
    let mut name = [0 as libc::c_char; 4096];
    #[allow(unsafe_code, reason = "the buffer is as long as it is said to be, the paths end with a zero")]
    unsafe {
        if !libc::getcwd(name.as_mut_ptr(), name.len()).is_null() {
            return;
        }
        let left = libc::open(c".".as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC);
        if left != NONE && libc::chdir(c"/".as_ptr()) == 0 {
            LEFT.store(left, Ordering::Relaxed);
        }
    }
}

/// Comes back to the folder that was left.
///
/// # Errors
/// What the system says: in another folder, paths would lead elsewhere.
pub fn come_back() -> Result<(), String> {
    let left = LEFT.swap(NONE, Ordering::Relaxed);
    if left == NONE {
        return Ok(());
    }
    #[allow(unsafe_code, reason = "the descriptor is this file's own, and nobody has it after this")]
    let back = unsafe {
        let back = libc::fchdir(left);
        let why = std::io::Error::last_os_error();
        libc::close(left);
        if back == 0 { Ok(()) } else { Err(why) }
    };
    back.map_err(|why| format!("the current folder cannot be entered: {why}"))
}
