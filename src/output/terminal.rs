//! The terminal at the other end, where there is one.

use super::abilities::{Colours, colours, is_dumb};
use super::{line::aside, streams::mutter};
use std::io::{self, BufRead, BufReader, IsTerminal};

/// Whether what is written to stdout has colours.
pub fn is_stdout_coloured() -> bool {
    colours(stdout_is_terminal()) != Colours::None
}

/// Whether what is written to stderr has colours.
pub fn is_stderr_coloured() -> bool {
    colours(stderr_is_terminal()) != Colours::None
}

/// Puts right what another program may have left: colours, no cursor, the second screen, keys and pastes that are reported otherwise.
pub fn set_right() {
    if stderr_is_terminal() && !is_dumb() {
        mutter("\x1b[0m\x1b[?25h\x1b[?1047l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l", "");
    }
}

/// Rows and columns, where stdout is a terminal.
pub fn size() -> Option<(u16, u16)> {
    console::Term::stdout().size_checked().filter(|_| stdout_is_terminal())
}

pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Asks, at the terminal and not where input comes from, whether the program is to end.
pub fn ask_to_end() -> bool {
    ask("\nStill at work. End imdbsh? What is not saved is lost.").unwrap_or(true)
}

/// Asks at the terminal; none where there is none.
pub fn ask(question: &str) -> Option<bool> {
    aside(|| {
        let terminal = std::fs::File::open("/dev/tty").ok()?;
        mutter(&format!("{question} [y/N] "), "");
        let mut answer = String::new();
        let _ = BufReader::new(terminal).read_line(&mut answer);
        Some(answer.trim().eq_ignore_ascii_case("y"))
    })
}
