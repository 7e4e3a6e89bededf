//! Lines to the standard streams, whatever is at their other end.

use std::io::{BufRead, BufReader, ErrorKind, Write};

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

/// Asks, at the terminal and not where input comes from, whether the program is to end.
pub fn ask_to_end() -> bool {
    let _ = write!(std::io::stderr(), "\nStill at work. End imdbsh? What is not saved is lost. [y/N] ");
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return true };
    let mut answer = String::new();
    let _ = BufReader::new(terminal).read_line(&mut answer);
    answer.trim().eq_ignore_ascii_case("y")
}
