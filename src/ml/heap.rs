//! One heap for all threads.
//!
//! glibc gives each thread a heap of its own. The two directions of a recurrent layer run on two threads and take turns with
//! blocks of tens of megabytes, which each heap then keeps for itself: the main job's peak was 20 to 50 MB higher, and no
//! faster. Small blocks, for which separate heaps are made, are few in a training.

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
