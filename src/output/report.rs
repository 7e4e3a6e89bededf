//! Reports on errors, which have colours.

use super::line::aside;
use super::streams::{complain, mutter};
use super::terminal::is_stderr_coloured;
use super::visible::coloured;

/// The report on an error, in the colours that it is given for a terminal.
pub fn report(text: &str) {
    match is_stderr_coloured() {
        true => aside(|| mutter(&coloured(text), "\n")),
        false => complain(text),
    }
}
