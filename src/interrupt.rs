//! The flag that signals set: Ctrl-C (SIGINT), and those that end the program, SIGTERM and SIGHUP. The interpreter polls it between
//! operations; native loops poll it themselves. A training that can be paused holds the first Ctrl-C, and what ends the program,
//! back until its next `pause`.

use crate::error::{Error, ErrorKind, Result};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use std::sync::{
    Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering},
};
use std::time::{Duration, Instant};

const FAILED: i32 = 1;

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
/// The signal that has said that the program is to end, or 0.
static ENDING: AtomicI32 = AtomicI32::new(0);
/// How many scripts are running, which poll the flag.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
/// The thread in which the line editor waits for keys, or 0.
static READER: AtomicUsize = AtomicUsize::new(0);
/// Asks whether the program is to end.
static ASK: OnceLock<fn() -> bool> = OnceLock::new();
/// Held while the question is open.
static ASKING: Mutex<()> = Mutex::new(());

/// Makes signals set the flag instead of ending the process. Called once, by the program's `main`.
pub fn install() {
    let mut watched = vec![SIGINT, SIGTERM];
    // `nohup` has said that a closed terminal is to end nothing.
    if !is_ignored(SIGHUP) {
        watched.push(SIGHUP);
    }
    // Where no handler can be had, signals end the process as they do any other.
    let Ok(mut signals) = Signals::new(watched) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGINT => interrupted(),
                _ => ends(signal),
            }
        }
    });
}

fn is_ignored(signal: i32) -> bool {
    #[allow(unsafe_code, reason = "it asks for what a signal does, and changes nothing")]
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut now) == 0 && now.sa_sigaction == libc::SIG_IGN
    }
}

fn interrupted() {
    if ending() && reader() != 0 {
        return; // from `wake_reader`, a moment too late
    }
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
}

/// The program is to end, as soon as what runs has been kept. A closed terminal sends several SIGHUPs at once, so that only one
/// that comes later insists.
fn ends(signal: i32) {
    let quickly = note();
    let first = ENDING.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    REQUESTED.store(true, Ordering::SeqCst);
    if reader() == 0 && (RUNNING.load(Ordering::SeqCst) == 0 || !first && !quickly) {
        end();
    }
    while wake_reader() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Where the line editor waits, it comes back at a SIGINT in its thread. Says whether it waits.
fn wake_reader() -> bool {
    let thread = reader();
    #[allow(unsafe_code, reason = "the interpreter's thread, which reads, is there to the end")]
    unsafe {
        thread != 0 && libc::pthread_kill(thread as libc::pthread_t, SIGINT) == 0
    }
}

fn reader() -> usize {
    READER.load(Ordering::SeqCst)
}

/// Asked twice, and the first was not answered: what runs does not poll. Ends the program, once the user has said so where
/// there is a user; a third time ends it at once.
fn again() {
    let Some(ask) = ASK.get().filter(|_| !ending()) else { end() };
    std::thread::spawn(|| {
        let Ok(_open) = ASKING.try_lock() else { end() };
        if ask() {
            end();
        }
    });
}

fn end() -> ! {
    exit_at_once(code().into())
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

/// Why what runs is to stop, as a message begins.
pub fn reason() -> &'static str {
    match ENDING.load(Ordering::SeqCst) {
        _ if expired() => "stopped: the time of --max-seconds is over",
        SIGTERM => "ended by SIGTERM",
        SIGHUP => "ended by SIGHUP",
        _ => "interrupted",
    }
}

/// Whether the user has asked, even if that is held back.
pub fn pending() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Asks as the user does.
pub fn request() {
    REQUESTED.store(true, Ordering::SeqCst);
}

/// Takes a Ctrl-C as answered. What ends the program stays.
pub fn clear() {
    REQUESTED.store(ending(), Ordering::SeqCst);
    INSISTED.store(false, Ordering::SeqCst);
}

/// Whether the program is to end, whatever the user would answer at a prompt.
pub fn ending() -> bool {
    ENDING.load(Ordering::SeqCst) != 0
}

/// The program's exit code after a signal: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
pub fn code() -> u8 {
    let signal = ENDING.load(Ordering::SeqCst);
    128 + if signal == 0 { SIGINT } else { signal } as u8
}

/// Runs `f`, which polls the flag: until it is over, signals do not end the program by themselves.
pub fn polled<T>(f: impl FnOnce() -> T) -> T {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    RUNNING.fetch_add(1, Ordering::SeqCst);
    let _over = Over;
    f()
}

/// Runs `read`, which waits for keys and comes back at a SIGINT; one is sent to it when the program is to end.
pub fn awaited<T>(read: impl FnOnce() -> T) -> T {
    #[allow(unsafe_code, reason = "it asks for the number of this thread")]
    let thread = unsafe { libc::pthread_self() };
    READER.store(thread as usize, Ordering::SeqCst);
    let read = read();
    READER.store(0, Ordering::SeqCst);
    read
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
