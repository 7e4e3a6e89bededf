//! A thread that waits for another of libtorch's sleeps.
#![cfg(target_os = "linux")]

use crate::common::alone::alone;
use imdbsh::ml::waiting;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::{fs, mem::transmute, ptr::null_mut, thread, time::Duration};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

type Number = unsafe extern "C" fn() -> c_int;
type Parallel = unsafe extern "C" fn(extern "C" fn(*mut c_void), *mut c_void, c_uint, c_uint);

/// What this thread has taken of the processor, in nanoseconds.
fn taken() -> u64 {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    schedule.split(' ').next().unwrap().parse().unwrap()
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// The least of several waits of a third of a second each: the other thread of a team of two comes so late.
fn a_wait(parallel: Parallel, number: Number) -> u64 {
    extern "C" fn comes_late(number: *mut c_void) {
        // SAFETY: it is the function that is given below.
        let number = unsafe { transmute::<*mut c_void, Number>(number) };
        if unsafe { number() } > 0 {
            thread::sleep(Duration::from_millis(300));
        }
    }
    let wait = || {
        let before = taken();
        // SAFETY: both threads call the function above.
        unsafe { parallel(comes_late, number as *mut c_void, 2, 0) };
        taken() - before
    };
    (0..4).map(|_| wait()).min().unwrap()
}

#[test]
fn a_thread_that_waits_takes_nothing_of_the_processor() {
    alone!();
    tch::set_num_threads(2); // libtorch, and with it OpenMP, is there
    // SAFETY: the names end in a zero byte, and the types are those of libgomp and of the OpenMP standard.
    let (parallel, number) =
        unsafe { (dlsym(null_mut(), c"GOMP_parallel".as_ptr()), dlsym(null_mut(), c"omp_get_thread_num".as_ptr())) };
    assert!(!parallel.is_null() && !number.is_null(), "libtorch's OpenMP is not GNU's");
    let (parallel, number) =
        unsafe { (transmute::<*mut c_void, Parallel>(parallel), transmute::<*mut c_void, Number>(number)) };
    let before = a_wait(parallel, number);
    let were = threads();
    waiting::sleep(2);
    while threads() < were + waiting::more_threads(2) {
        thread::yield_now();
    }
    let now = a_wait(parallel, number);
    assert!(now * 5 < before, "a wait took {before} ns of the processor before, and {now} ns now");
}

#[test]
fn one_thread_waits_for_nobody() {
    assert_eq!(waiting::more_threads(1), 0);
}
