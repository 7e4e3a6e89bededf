//! What the targets share: the program's own limits, a folder for their files, and what counts as a finding.
//!
//! A target gives an input to a reader of the program's as the program would: the file stands in a folder that `access` allows, memory is counted
//! and limited. Whatever the reader gives or refuses is well. Findings are a panic that it lets out (one that it turns into a refusal is
//! none), a program that ends for want of memory, what the address sanitizer sees, and libFuzzer's own limits of time and memory.

use imdbsh::access::{self, Want};
use imdbsh::memory;
use std::fs;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// `--max-memory`.
const MEMORY: u64 = 64 << 20;

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Comes before the first input.
///
/// # Panics
/// Where there is no folder for temporary files.
pub fn begin() {
    // What is computed on all cores is computed on this one, in its turn: an input does the same each time.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().expect("the first pool of this process");
    // libFuzzer's hook would abort on a panic that the reader catches.
    panic::set_hook(Box::new(|info| {
        let mut last = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        *last = info.to_string();
    }));
    memory::limit(Some(MEMORY), |why| finding(why));
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for temporary files"));
    access::confine();
    access::allow(Want::Write, folder.path());
}

/// Where a file of this name stands.
///
/// # Panics
/// Before [`begin`].
pub fn place(name: &str) -> PathBuf {
    FOLDER.get().expect("begun").path().join(name)
}

/// Writes a file, and tells where.
///
/// # Panics
/// A folder that cannot be written.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = place(name);
    if fs::write(&path, bytes).is_err() {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(&path, bytes).expect("a file in it");
    }
    path
}

/// What a reader makes of an input.
pub fn read<T>(reader: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(reader)).unwrap_or_else(|_| {
        let why = PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone();
        finding(&why)
    })
}

/// Ends the process in a way of which libFuzzer keeps the input.
pub fn finding(why: &str) -> ! {
    eprintln!("{why}");
    std::process::abort()
}

/// The digit in front of an input, which says how the rest is read, and the rest.
pub fn chosen(input: &[u8], ways: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = input.split_first()?;
    Some((first.wrapping_sub(b'0') % ways, rest))
}
