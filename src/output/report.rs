//! Reports on errors, which have colours.

use super::line::aside;
use super::streams::{complain, mutter};
use super::terminal::{is_plain, stderr_is_terminal};
use super::visible::coloured;

/// The report on an error, in the colours that it is given for a terminal.
pub fn report(text: &str) {
    match stderr_is_terminal() && !is_plain() {
        true => aside(|| mutter(&coloured(text), "\n")),
        false => complain(text),
    }
}
