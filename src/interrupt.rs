//! The flag that Ctrl-C sets. The interpreter polls it between operations; native loops poll it themselves. A training that can
//! be paused holds the first Ctrl-C back until its next `pause`.

use crate::error::{Error, ErrorKind, Result};
use std::sync::{
    Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::{Duration, Instant};

const FAILED: i32 = 1;
const INTERRUPTED: i32 = 130;

/// Two within this time are "twice quickly".
const QUICKLY: Duration = Duration::from_secs(2);

static REQUESTED: AtomicBool = AtomicBool::new(false);
/// How many [`Hold`]s there are.
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Whether the user has asked again while it was held back.
static INSISTED: AtomicBool = AtomicBool::new(false);
static LAST: Mutex<Option<Instant>> = Mutex::new(None);
/// Whether `--max-seconds` are over.
static EXPIRED: AtomicBool = AtomicBool::new(false);
/// Asks whether the program is to end.
static ASK: OnceLock<fn() -> bool> = OnceLock::new();
/// Held while the question is open.
static ASKING: Mutex<()> = Mutex::new(());

/// Makes Ctrl-C set the flag instead of ending the process. Called once, by the program's `main`.
pub fn install() {
    // Only fails where a handler is there already; then that one stays in charge.
    let _ = ctrlc::set_handler(|| {
        note();
        let asked = REQUESTED.swap(true, Ordering::SeqCst);
        let held = HELD.load(Ordering::SeqCst) > 0;
        match (asked, held) {
            (false, true) if ASK.get().is_some() => {
                eprintln!("\npauses at the next step; Ctrl-C once more stops what runs at once");
            }
            (false, _) => {}
            (true, true) if !INSISTED.swap(true, Ordering::SeqCst) => {}
            (true, _) => again(),
        }
    });
}

/// Asked twice, and the first was not answered: what runs does not poll. Ends the program, once the user has said so where
/// there is a user; a third time ends it at once.
fn again() {
    let Some(ask) = ASK.get() else { end() };
    std::thread::spawn(|| {
        let Ok(_open) = ASKING.try_lock() else { end() };
        if ask() {
            end();
        }
    });
}

fn end() -> ! {
    exit_at_once(INTERRUPTED)
}

fn exit_at_once(code: i32) -> ! {
    // Not `exit`, which would take away what the interpreter's thread is in the middle of using.
    #[allow(unsafe_code, reason = "it ends the process and touches nothing")]
    unsafe {
        libc::_exit(code)
    }
}

/// From now on, whoever interrupts a second time is asked with `ask` before the program ends.
pub fn ask_with(ask: fn() -> bool) {
    let _ = ASK.set(ask);
}

/// Waits until no question is open, so that the next line that is read is not its answer.
pub fn settle() {
    drop(ASKING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Notes a Ctrl-C that came as a key, and tells whether another one came shortly before.
pub fn note() -> bool {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    last.replace(Instant::now()).is_some_and(|before| before.elapsed() < QUICKLY)
}

/// Forgets when the last Ctrl-C came: the user has said what it meant.
pub fn forget() {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// Whether whatever runs is to stop now.
pub fn requested() -> bool {
    let asked =
        REQUESTED.load(Ordering::Relaxed) && (HELD.load(Ordering::Relaxed) == 0 || INSISTED.load(Ordering::Relaxed));
    asked || expired()
}

/// Stops what runs in so many seconds, and then ends the program if that is not answered.
pub fn expire_after(time: Duration) {
    const GRACE: Duration = Duration::from_secs(10);
    std::thread::spawn(move || {
        std::thread::sleep(time);
        EXPIRED.store(true, Ordering::SeqCst);
        std::thread::sleep(GRACE);
        eprintln!("error: {}", reason());
        exit_at_once(FAILED);
    });
}

/// Whether the time is over that the user gave.
pub fn expired() -> bool {
    EXPIRED.load(Ordering::Relaxed)
}

/// Why what runs is to stop.
pub fn reason() -> &'static str {
    if expired() { "stopped: the time of --max-seconds is over" } else { "interrupted" }
}

/// Whether the user has asked, even if that is held back.
pub fn pending() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Asks as the user does.
pub fn request() {
    REQUESTED.store(true, Ordering::SeqCst);
}

pub fn clear() {
    REQUESTED.store(false, Ordering::SeqCst);
    INSISTED.store(false, Ordering::SeqCst);
}

/// An error if the user has asked to stop; native loops call this once a round.
pub fn check() -> Result<()> {
    if requested() { Err(Error::new(ErrorKind::Interrupted, reason())) } else { Ok(()) }
}

/// While it lives, the first Ctrl-C waits for whoever looks at [`pending`]; a second one stops what runs.
#[derive(Debug)]
pub struct Hold(());

impl Hold {
    pub fn new() -> Self {
        HELD.fetch_add(1, Ordering::SeqCst);
        Hold(())
    }
}

/// Runs `f` as if nothing were held back, such as a prompt in the middle of what holds.
pub fn released<T>(f: impl FnOnce() -> T) -> T {
    struct Again(usize);
    impl Drop for Again {
        fn drop(&mut self) {
            HELD.store(self.0, Ordering::SeqCst);
        }
    }
    let _again = Again(HELD.swap(0, Ordering::SeqCst));
    f()
}

impl Default for Hold {
    fn default() -> Self {
        Hold::new()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::SeqCst);
    }
}
