//! Lines to the standard streams, whatever is at their other end.

use crate::interrupt;
use std::io::{BufRead, BufReader, ErrorKind, IsTerminal, Write};

/// A line on stdout. A closed pipe (`imdbsh … | head`) ends the program quietly, as it does others; a full disk ends it
/// with a message.
pub fn say(text: &str) {
    let mut out = std::io::stdout();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        // The terminal is gone, and what runs is to be kept first.
        Err(_) if interrupt::ending() => {}
        Err(e) => {
            complain(&format!("error: cannot write to standard output: {e}"));
            std::process::exit(1);
        }
    }
}

/// A line on stderr; where that cannot be written, nobody is there to be told.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Whether the user wants no colours, or the terminal knows none.
pub fn is_plain() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb")
}

/// Rows and columns, where stdout is a terminal.
pub fn size() -> Option<(u16, u16)> {
    console::Term::stdout().size_checked().filter(|_| std::io::stdout().is_terminal())
}

/// Asks, at the terminal and not where input comes from, whether the program is to end.
pub fn ask_to_end() -> bool {
    let _ = write!(std::io::stderr(), "\nStill at work. End imdbsh? What is not saved is lost. [y/N] ");
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return true };
    let mut answer = String::new();
    let _ = BufReader::new(terminal).read_line(&mut answer);
    answer.trim().eq_ignore_ascii_case("y")
}
