//! The prompt: a line, its value.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `console` | the loop: read a line, run it or do what a `:command` says |
//! | `editor` | the line editor |

mod console;
mod editor;

pub use console::Console;

use crate::script::{Ended, Failure, Prompt, Session};
use crate::terminal::say;

/// The prompt of a session, until the user leaves it.
///
/// # Errors
/// A terminal that cannot be read.
pub fn run(console: &Console, mut session: Session) -> Result<(), Failure> {
    say(&format!("imdbsh {}. :help lists commands, Ctrl-D ends.", env!("CARGO_PKG_VERSION")));
    loop {
        match console.ask("imdbsh> ", &mut session.workspace(), &[])? {
            Ended::Quit => return Ok(()),
            Ended::Command(..) => {}
        }
    }
}
