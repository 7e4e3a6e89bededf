//! Lines to the standard streams, whatever is at their other end.

use std::io::{ErrorKind, Write};

/// A line on stdout. A closed pipe (`imdbsh … | head`) ends the program quietly, as it does others; a full disk ends it
/// with a message.
pub fn say(text: &str) {
    let mut out = std::io::stdout();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
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
