//! What a signal does.

use super::{elsewhere::is_elsewhere, end::end, flag, hold, reader, twice, unheard};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use std::thread::Builder;
use std::time::Duration;

/// Makes signals set the flag instead of ending the process. Called once, by the program's `main`; `tell` is how the user is told of
/// what they do.
pub fn install(tell: fn(&str)) {
    ignore(libc::SIGXFSZ);
    let mut watched = vec![SIGINT, SIGTERM];
    // `nohup` has said that a closed terminal is to end nothing.
    if !is_ignored(SIGHUP) {
        watched.push(SIGHUP);
    }
    // Where no handler can be had, signals end the process as they do any other.
    let Ok(mut signals) = Signals::new(watched) else { return };
    let watch = move || {
        for signal in signals.forever() {
            match signal {
                SIGINT => interrupted(tell),
                _ => ends(signal, tell),
            }
        }
    };
    if Builder::new().spawn(watch).is_err() {
        tell("no thread can be had that hears signals: Ctrl-C does nothing, SIGKILL ends the program");
    }
}

/// What it would end the program for is an error where it happens: a file that may not grow, of writing.
fn ignore(signal: i32) {
    #[allow(unsafe_code, reason = "it replaces no handler")]
    unsafe {
        libc::signal(signal, libc::SIG_IGN);
    }
}

fn is_ignored(signal: i32) -> bool {
    #[allow(unsafe_code, reason = "it asks for what a signal does, and changes nothing")]
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut now) == 0 && now.sa_sigaction == libc::SIG_IGN
    }
}

fn interrupted(tell: fn(&str)) {
    if flag::ending() && reader::waits() {
        return; // from `reader::wake`, a moment too late
    }
    if is_elsewhere() {
        return;
    }
    twice::note();
    let asked = flag::raise();
    match (asked, hold::is_held()) {
        (false, true) if twice::can_ask() => {
            tell("\npauses at the next step; Ctrl-C once more stops what runs at once");
        }
        (false, true) => {}
        (false, false) => unheard::wait(tell),
        (true, true) if !hold::insist() => {}
        (true, _) => twice::again(),
    }
}

/// The program is to end, as soon as what runs has been kept. A closed terminal sends several SIGHUPs at once, so that only one
/// that comes later insists.
fn ends(signal: i32, tell: fn(&str)) {
    let quickly = twice::note();
    let first = flag::begin_to_end(signal);
    flag::raise();
    if !reader::waits() && (!flag::is_polled() || !first && !quickly) {
        end();
    }
    unheard::wait(tell);
    while reader::wake() {
        std::thread::sleep(Duration::from_millis(20));
    }
}
