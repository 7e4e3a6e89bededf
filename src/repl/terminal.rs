//! The terminal, lent to another program.

#![expect(clippy::disallowed_methods, reason = "programs that the user names at the prompt")]

use crate::interrupt;
use crate::output::{aside, set_right};
use std::{
    io::{self, ErrorKind, Write},
    process::{Command, ExitStatus, Stdio},
};

/// Runs a program that the user has named and waits for its end. Whatever it did to the terminal, that is afterwards as it was.
///
/// # Errors
/// It cannot be started.
pub fn run(program: &str, arguments: &[&str]) -> io::Result<ExitStatus> {
    lent(|| Command::new(program).args(arguments).status())
}

/// Runs a line in the user's shell.
///
/// # Errors
/// As [`run`].
pub fn run_line(line: &str) -> io::Result<ExitStatus> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    run(shell, &[flag, line])
}

/// Hands a text to a program that shows it, such as a pager. One that ends before it has read all has shown enough.
///
/// # Errors
/// It cannot be started.
pub fn hand_over(text: &str, program: &str, arguments: &[&str]) -> io::Result<ExitStatus> {
    lent(|| {
        let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).spawn()?;
        let written = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(text.as_bytes()));
        let status = child.wait()?;
        match written {
            Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(cause),
            _ => Ok(status),
        }
    })
}

fn lent<T>(f: impl FnOnce() -> T) -> T {
    aside(|| {
        let before = modes::Modes::now();
        let result = interrupt::elsewhere(f);
        if before.restore() {
            set_right();
        }
        result
    })
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "what the system says of the terminal has no safe form among the crates that are there")]
mod modes {
    /// How the terminal takes keys, and whose they are.
    pub struct Modes(Option<libc::termios>);

    impl Modes {
        pub fn now() -> Self {
            let mut modes = std::mem::MaybeUninit::uninit();
            // SAFETY: it is read only where the system says that it has written it.
            let there = unsafe { libc::tcgetattr(libc::STDIN_FILENO, modes.as_mut_ptr()) == 0 };
            Modes(there.then(|| unsafe { modes.assume_init() }))
        }

        /// Says whether there is a terminal. Asked for from behind, the system would stop this program instead: not while the signal is ignored.
        pub fn restore(&self) -> bool {
            let Some(modes) = &self.0 else { return false };
            // SAFETY: plain calls; the handler of before is put back.
            unsafe {
                let before = libc::signal(libc::SIGTTOU, libc::SIG_IGN);
                libc::tcsetpgrp(libc::STDIN_FILENO, libc::getpgrp());
                libc::tcsetattr(libc::STDIN_FILENO, libc::TCSADRAIN, modes);
                libc::signal(libc::SIGTTOU, before);
            }
            true
        }
    }
}

#[cfg(not(unix))]
mod modes {
    pub struct Modes;

    impl Modes {
        pub fn now() -> Self {
            Modes
        }

        pub fn restore(&self) -> bool {
            false
        }
    }
}
