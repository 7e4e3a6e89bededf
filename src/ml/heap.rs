//! How the system's allocator is set up, where it is glibc's.

/// Makes all threads share one heap, where the system's allocator is glibc's: it gives each thread one of its own, and each keeps what is freed for itself.
/// Small blocks, for which separate heaps are made, are few in a training. Call it before there are threads.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number that later allocations read, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
