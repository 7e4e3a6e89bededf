//! What the program needs of the system, looked at before anything is begun: libtorch, OpenMP and Rust's own libraries end the
//! program where they do not get it.

use crate::ml::waiting;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, scope};

/// What a training has open, and as much again.
const FILES: usize = 48;
/// What `main` starts: the interpreter, and who hears signals.
pub const FIRST_THREADS: usize = 2;
/// Those that are started for a moment: the one that `--max-seconds` ends, those that wait for a server, those that say why the program ends.
const PASSING_THREADS: usize = 6;
/// A thread's stack: OpenMP takes what `ulimit -s` says, which is this nearly everywhere.
const STACK: usize = 8 << 20;

/// # Errors
/// The system opens fewer files.
pub fn files() -> Result<(), String> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, open};
        let mut opened = Vec::with_capacity(FILES);
        while opened.len() < FILES {
            match open("/", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
                Ok(file) => opened.push(file),
                Err(why) => {
                    return Err(format!(
                        "{FILES} more files have to be opened, and the system opens {} ({why}): `ulimit -n 256` allows enough",
                        opened.len()
                    ));
                }
            }
        }
    }
    Ok(())
}

/// What `--threads` takes: OpenMP and libtorch's own pool start one fewer each, the text functions all of them, and some have nothing to do but to be there.
pub fn pools(compute: usize, text: usize) -> Result<(), String> {
    let needed = 2 * compute.saturating_sub(1) + waiting::more_threads(compute) + text + PASSING_THREADS;
    threads(needed).map_err(|lack| match compute.max(text) {
        1 => lack,
        all => format!("{lack}; fewer than --threads {all} need fewer"),
    })
}

/// Looks whether so many threads can be had at once, beside those that there are.
///
/// # Errors
/// The system gives fewer.
pub fn threads(needed: usize) -> Result<(), String> {
    let gate = Mutex::new(());
    scope(|scope| {
        let closed = gate.lock();
        let mut waiting = Vec::with_capacity(needed);
        let mut lack = Ok(());
        while lack.is_ok() && waiting.len() < needed {
            let wait = || drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
            match Builder::new().stack_size(STACK).spawn_scoped(scope, wait) {
                Ok(thread) => waiting.push(thread),
                Err(why) => {
                    let had = waiting.len();
                    lack = Err(format!(
                        "{needed} more threads have to be started, and the system starts {had} ({why}): \
                         `ulimit -u` tells how many it allows a user"
                    ));
                }
            }
        }
        drop(closed);
        // The system counts them until they are gone, not only until they are done.
        waiting.into_iter().for_each(|thread| drop(thread.join()));
        lack
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_is_enough_and_what_nobody_has_is_said() {
        assert_eq!((files(), pools(2, 2)), (Ok(()), Ok(())));
    }
}
