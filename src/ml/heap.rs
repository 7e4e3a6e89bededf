//! How the system's allocator is set up, where it is glibc's.
//!
//! **One heap for all threads.** glibc gives each thread a heap of its own. The two directions of a recurrent layer run on two threads and take turns with
//! blocks of tens of megabytes, which each heap then keeps for itself: the main job's peak was 20 to 50 MB higher, and no
//! faster. Small blocks, for which separate heaps are made, are few in a training.
//!
//! **Freed memory is kept, and what keeps growing is given back.** See [`keep_freed`] and [`give_back_growth`].

use crate::memory;
use std::sync::{Mutex, PoisonError};

/// Makes all threads share one heap, where the system's allocator is glibc's. Call it before there are threads.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number that later allocations read, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Keeps memory that was freed for the next allocation, where the system's allocator is glibc's. A step of a transformer's training
/// takes and frees hundreds of megabytes in blocks of a few; given back to the system each time, they cost a tenth of the step in
/// page faults. Call it once what is large and needed once, such as a file's bytes, is freed.
pub fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets numbers that later allocations read, under the allocator's own lock.
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, 1 << 30);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 28);
    }
}

/// Gives back what is free when the heap has outgrown a step: blocks of ever other sizes leave gaps between them that none of the next fits
/// into, and a heap that keeps what is freed grew to twice its size within an epoch. Call it where each step begins.
pub fn give_back_growth() {
    static GROWTH: Mutex<Growth> = Mutex::new(Growth { most: 0, fresh: true });
    if memory::resident().is_some_and(|now| GROWTH.lock().unwrap_or_else(PoisonError::into_inner).is_too_much(now)) {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: it takes no pointer, and locks the heap itself.
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

/// What a process held after each step, in bytes.
#[derive(Debug)]
struct Growth {
    /// The most that was held after one step that began with nothing kept: a quarter more than that is too much.
    most: u64,
    /// Nothing was kept when the last step began.
    fresh: bool,
}

impl Growth {
    /// Takes what is held now, a step after it was last asked.
    fn is_too_much(&mut self, held: u64) -> bool {
        if std::mem::take(&mut self.fresh) {
            self.most = self.most.max(held);
        }
        self.fresh = held > self.most + self.most / 4;
        self.fresh
    }
}

#[cfg(test)]
mod tests {
    use super::Growth;

    #[test]
    fn what_a_single_step_needs_is_kept_and_a_quarter_more_is_not() {
        let mut growth = Growth { most: 0, fresh: true };
        let asked = [1000, 1200, 1250, 1300, 1100, 1200, 1400, 1390, 1700, 1800];
        let answers = asked.map(|held| growth.is_too_much(held));
        // Steps that begin with nothing kept come after the start and after each `true`: they hold 1000, 1100 and 1390.
        assert_eq!(answers, [false, false, false, true, false, false, true, false, false, true]);
    }
}
