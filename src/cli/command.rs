//! What a command of the program is, and what happens before one runs.

use super::confine::{Reach, confine, limit};
use super::flags::Flags;
use crate::script::Failure;
use clap::{ArgMatches, Args};

/// What the program can be asked to do. Its fields are the arguments, its comment is what `--help` says.
pub trait Command: Args {
    /// Whose scripts it runs.
    fn guests(&self) -> Guests;

    /// Looks at what the arguments name before anything is set up, but confined already: what is in the files that it reads may be a
    /// script's. `flags` that the user has left open can be filled in.
    ///
    /// # Errors
    /// Arguments that cannot be meant.
    fn prepare(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        let _ = flags;
        Ok(())
    }

    /// # Errors
    /// What went wrong, and with it the program's exit code.
    fn run(self, flags: Flags) -> Result<(), Failure>;
}

/// Whether a command runs scripts. They are guests: the command is confined before it looks at anything.
pub enum Guests {
    /// It runs none, the standard library included.
    None,
    /// It runs some, which reach this.
    Of(Reach),
}

/// A line of the table of commands.
pub struct Row {
    pub name: &'static str,
    arguments: fn(clap::Command) -> clap::Command,
    pub run: fn(&ArgMatches, Flags) -> Result<(), Failure>,
}

/// The command `C` under the name by which it is asked for.
pub const fn row<C: Command>(name: &'static str) -> Row {
    let run = |arguments: &ArgMatches, flags: Flags| {
        start(C::from_arg_matches(arguments).map_err(|e| Failure::Usage(e.to_string()))?, flags)
    };
    Row { name, arguments: C::augment_args, run }
}

impl Row {
    /// What reads its arguments.
    pub fn parser(&self) -> clap::Command {
        (self.arguments)(clap::Command::new(self.name))
    }
}

/// Runs a command. None comes past this: what it is to reach is settled before.
pub fn start(mut command: impl Command, mut flags: Flags) -> Result<(), Failure> {
    let guests = command.guests();
    if let Guests::Of(reach) = &guests {
        confine(&flags, reach)?;
    }
    command.prepare(&mut flags)?;
    flags.set_up()?;
    // What the device takes is no script's.
    if let Guests::Of(_) = guests {
        limit(&flags);
    }
    command.run(flags)
}
