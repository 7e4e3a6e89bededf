//! The question to the terminal: kitty's, and behind it one that every terminal answers, so that nobody waits for an answer that does not come.

use super::escapes::Protocol;

/// How long a terminal has for its answer.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);

/// A picture of one pixel, which is not shown; then what the terminal is (DA1).
#[cfg(unix)]
const QUESTION: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";

/// What the answer says: kitty's protocol goes before sixel, which is the fourth attribute of DA1.
fn told(answer: &str) -> Option<Protocol> {
    if answer.contains("\x1b_Gi=31;OK") {
        return Some(Protocol::Kitty);
    }
    let attributes = answer.split("\x1b[?").nth(1)?.split('c').next()?;
    attributes.split(';').skip(1).any(|attribute| attribute == "4").then_some(Protocol::Sixel)
}

/// Asks the terminal. None where it says that it can show none, or nothing at all in a tenth of a second.
#[cfg(unix)]
pub fn asked() -> Option<Protocol> {
    told(&answer()?)
}

#[cfg(not(unix))]
pub fn asked() -> Option<Protocol> {
    told("")
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "how the terminal takes keys is told by the system alone")]
fn answer() -> Option<String> {
    use crate::output::streams::put_raw;
    use std::time::Instant;

    let mut modes = std::mem::MaybeUninit::uninit();
    // SAFETY: it is read only where the system says that it has written it.
    let before: libc::termios = unsafe {
        if libc::tcgetattr(libc::STDIN_FILENO, modes.as_mut_ptr()) != 0 {
            return None;
        }
        modes.assume_init()
    };
    let mut raw = before;
    raw.c_lflag &= !(libc::ICANON | libc::ECHO);
    // SAFETY: plain calls; the modes of before are put back below.
    unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, &raw) };
    put_raw(QUESTION);
    let (begun, mut answer) = (Instant::now(), Vec::new());
    // The answer to the second question ends in `c`, and the first one's comes before it.
    while !is_whole(&answer) {
        let left = PATIENCE.saturating_sub(begun.elapsed());
        let mut file = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
        let mut byte = 0_u8;
        // SAFETY: one file, which is open, and one byte.
        let came = unsafe {
            libc::poll(&raw mut file, 1, left.as_millis() as i32) > 0
                && libc::read(libc::STDIN_FILENO, (&raw mut byte).cast(), 1) == 1
        };
        if !came {
            break;
        }
        answer.push(byte);
    }
    // SAFETY: as above.
    unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, &before) };
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(unix)]
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.split("\x1b[?").nth(1).is_some_and(|attributes| attributes.contains('c'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_says_what_it_can() {
        for (answer, protocol) in [
            ("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Some(Protocol::Kitty)),
            ("\x1b[?62;4;22c", Some(Protocol::Sixel)),
            ("\x1b_Gi=31;ENOTSUP:no\x1b\\\x1b[?65;1;4c", Some(Protocol::Sixel)),
            // VT340 is 4 in the first place, and so is not told by it.
            ("\x1b[?4;6c", None),
            ("\x1b[?62;22;44c", None),
            ("typed", None),
            ("", None),
        ] {
            assert_eq!(told(answer), protocol, "{answer:?}");
        }
    }
}
