//! The prompt: a line, its value.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `console` | the loop: read an input, run it or do what a `:command` says |
//! | `editor`, `history`, `highlight` | the line editor: when an input is complete, hints, what was typed before, colours |
//! | `complete/` | what can stand at the cursor |
//! | `results` | an input is run: its value, what went wrong, how long it took |
//! | `commands`, `edit`, `help` | `:load`, `:vars`, …; `:edit`; `?name` |

mod commands;
mod complete;
mod console;
mod edit;
mod editor;
mod help;
mod highlight;
mod history;
mod results;

pub use console::Console;

use crate::interrupt;
use crate::output::say;
use crate::script::{Ended, Failure, Prompt, Session};

/// The prompt of a session, until the user leaves it.
///
/// # Errors
/// A terminal that cannot be read.
pub fn run(console: &Console, mut session: Session) -> Result<(), Failure> {
    say(&format!("imdbsh {}. ?NAME explains, :help lists commands, Ctrl-D ends.", env!("CARGO_PKG_VERSION")));
    loop {
        match console.ask("imdbsh> ", &mut session.workspace(), commands::SESSION)? {
            Ended::Quit if interrupt::ending() => return Err(Failure::Interrupted(interrupt::reason().into())),
            Ended::Quit => return Ok(()),
            Ended::Command(name, _) => commands::obey_session(console, &mut session, name),
        }
    }
}
