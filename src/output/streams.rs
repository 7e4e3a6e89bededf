//! Lines to the standard streams.

use super::ascii;
use super::line::aside;
use super::visible::{coloured, visible};
use crate::interrupt;
use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a training has begun, which outlives its terminal.
static TRAINS: AtomicBool = AtomicBool::new(false);
/// Why something could not be written to stdout since then.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// From here on the program does more than print, and ends at no line that cannot be written.
pub fn outlive() {
    TRAINS.store(true, Ordering::SeqCst);
}

/// A line on stdout. A closed pipe (`imdbsh … | head`) ends the program quietly, as it does others; a full disk ends it
/// with a message. Once a training has begun, the line is lost, which is said the first time. What a file or a pipe gets is the text as it
/// is; a terminal gets it without what would steer it.
pub fn say(text: &str) {
    put(text, visible);
}

/// The same with colours of the program's own in the text.
pub fn say_coloured(text: &str) {
    put(text, |text| coloured(text).into());
}

fn put<'t>(text: &'t str, shown: impl Fn(&'t str) -> Cow<'t, str>) {
    let out = io::stdout();
    // In a file or a pipe the line disturbs no progress line, and is disturbed by none.
    let written = match out.is_terminal() {
        true => aside(|| write(out, &ascii::shown(shown(text)), "\n")),
        false => write(out, text, "\n"),
    };
    match written {
        Ok(()) => {}
        // The terminal is gone, and what runs is to be kept first.
        Err(_) if interrupt::ending() => {}
        Err(e) if TRAINS.load(Ordering::SeqCst) => {
            let message = format!("cannot write to standard output: {e}; the training goes on, what it prints is lost");
            if LOST.set(e).is_ok() {
                complain(&message);
            }
        }
        Err(e) if e.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(e) => {
            complain(&unwritten(&e));
            std::process::exit(1);
        }
    }
}

/// Escape sequences of the program's own on stdout, as they are, where that is a terminal.
pub(super) fn put_raw(text: &str) {
    let _ = write(io::stdout(), text, "");
}

/// What the program has to report in its end: what it printed is not there. That nobody wanted to read it is no fault.
pub fn lost() -> Option<String> {
    LOST.get().filter(|e| e.kind() != ErrorKind::BrokenPipe).map(unwritten)
}

fn unwritten(why: &io::Error) -> String {
    format!("error: cannot write to standard output: {why}")
}

/// A line on stderr, without what would steer a terminal, whoever reads it where; where it cannot be written, nobody is there to be told.
pub fn complain(text: &str) {
    aside(|| mutter(&visible(text), "\n"));
}

/// `text` and `end` on stderr, if they can be written.
pub(super) fn mutter(text: &str, end: &str) {
    let err = io::stderr();
    let text = if err.is_terminal() { ascii::shown(text.into()) } else { text.into() };
    let _ = write(err, &text, end);
}

fn write(mut to: impl Write, text: &str, end: &str) -> io::Result<()> {
    write!(to, "{text}{end}")?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/dev/full`, a terminal that is gone.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_panic() {
        assert_eq!(write(Full, "a line", "\n").unwrap_err().kind(), ErrorKind::StorageFull);
        let mut written = Vec::new();
        write(&mut written, "a line", "\n").unwrap();
        assert_eq!(written, b"a line\n");
    }
}
