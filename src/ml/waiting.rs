//! Threads that sleep while they wait for each other.
//!
//! libtorch divides an operation among OpenMP's threads, and those that are done wait for the last one. GNU's OpenMP lets them look again and again, for
//! milliseconds (8 on an AMD EPYC server), before they sleep. On an idle machine none is so late; beside another process one is late at nearly every operation, and those that look
//! take the very core that it waits for. Beside two builds on two cores, an epoch of the main script took 129 s, two thirds of them spent on looking, and 35 s with
//! [`sleep`].

#[cfg(target_os = "linux")]
use std::{
    ffi::{CStr, c_int, c_uint, c_void},
    mem::transmute,
};

#[cfg(target_os = "linux")]
type Parallel = unsafe extern "C" fn(extern "C" fn(*mut c_void), *mut c_void, c_uint, c_uint);
#[cfg(target_os = "linux")]
type Processors = unsafe extern "C" fn() -> c_int;

/// Of GNU's OpenMP, which libtorch brings along.
#[cfg(target_os = "linux")]
struct OpenMp {
    parallel: Parallel,
    processors: Processors,
}

#[cfg(target_os = "linux")]
impl OpenMp {
    /// `None` where it is another one (LLVM's and Intel's have GNU's names too), or where the user has said how threads are to wait.
    fn find() -> Option<Self> {
        // SAFETY: the names end in a zero byte.
        let find = |name: &CStr| unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        let is_asked = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].iter().any(|name| std::env::var_os(name).is_some());
        let (parallel, processors) = (find(c"GOMP_parallel"), find(c"omp_get_num_procs"));
        if is_asked || !find(c"kmp_set_blocktime").is_null() || parallel.is_null() || processors.is_null() {
            return None;
        }
        // SAFETY: these are the functions' types, in libgomp's ABI and in the OpenMP standard.
        let (parallel, processors) =
            unsafe { (transmute::<*mut c_void, Parallel>(parallel), transmute::<*mut c_void, Processors>(processors)) };
        Some(Self { parallel, processors })
    }

    /// With these and the `compute` threads of libtorch there is one more than processors. One thread waits for nobody.
    fn more(&self, compute: usize) -> usize {
        // SAFETY: it only asks.
        let processors = usize::try_from(unsafe { (self.processors)() }).unwrap_or(1);
        if compute > 1 { (processors + 2).saturating_sub(compute).max(2) } else { 0 }
    }
}

/// How many threads [`sleep`] starts beside `compute` of libtorch's.
pub fn more_threads(compute: usize) -> usize {
    #[cfg(target_os = "linux")]
    return OpenMp::find().map_or(0, |openmp| openmp.more(compute));
    #[cfg(not(target_os = "linux"))]
    return 0 * compute;
}

/// From now on `compute` threads of libtorch's sleep after some microseconds of waiting. Where the environment says how they are to wait (`OMP_WAIT_POLICY`,
/// `GOMP_SPINCOUNT`), and where OpenMP is not GNU's, nothing changes.
///
/// libgomp reads those variables when it is loaded, before `main`. But it looks a hundred times only "if there are more OpenMP threads than available CPUs" (its manual,
/// `GOMP_SPINCOUNT`): so a team that has nothing to do, and sleeps, is started beside libtorch's.
pub fn sleep(compute: usize) {
    #[cfg(target_os = "linux")]
    if let Some(openmp) = OpenMp::find()
        && let more @ 1.. = openmp.more(compute)
    {
        extern "C" fn nothing(_: *mut c_void) {}
        let team = move || {
            // SAFETY: each of the threads calls a function that does nothing.
            unsafe { (openmp.parallel)(nothing, std::ptr::null_mut(), more as c_uint, 0) };
            // The team is gone with the thread that has started it.
            loop {
                std::thread::park();
            }
        };
        // Without it, all goes on as it was.
        drop(std::thread::Builder::new().name("waiting".into()).spawn(team));
    }
}
