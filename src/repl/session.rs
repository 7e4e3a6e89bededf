//! The prompt of a session, from the greeting to the end.

use super::{command::SessionCommand, commands::SESSION, console::Console};
use crate::interrupt;
use crate::output::say;
use crate::script::{Command, Ended, Failure, Prompt, Session};

/// The prompt of a session, until the user leaves it.
///
/// # Errors
/// A terminal that cannot be read.
pub fn run(console: &Console, mut session: Session) -> Result<(), Failure> {
    say(&format!("imdbsh {}. ?NAME explains, :help lists commands, Ctrl-D ends.", env!("CARGO_PKG_VERSION")));
    let own: Vec<Command> = SESSION.iter().map(SessionCommand::listed).collect();
    loop {
        match console.ask("imdbsh> ", &mut session.workspace(), &own)? {
            Ended::Quit if interrupt::ending() => return Err(Failure::Interrupted(interrupt::reason().into())),
            Ended::Quit => return Ok(()),
            Ended::Command(name, _) => {
                if let Some(command) = SESSION.iter().find(|c| c.name == name) {
                    (command.run)(console.state(), &mut session);
                }
            }
        }
    }
}
