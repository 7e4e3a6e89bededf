//! What a `:command` is.

use super::state::State;
use crate::error::did_you_mean;
use crate::output::complain;
use crate::script::{self, Ended, Session, Workspace};
use std::path::Path;

/// What stands in front of the lines of a session's own prompt.
pub const PROMPT: &str = "imdbsh> ";

/// A command that every prompt has.
#[derive(Clone, Copy)]
pub struct Command {
    /// `load`
    pub name: &'static str,
    /// `FILE`, `[NAME]`; empty where it takes none. What it takes is completed so.
    pub argument: &'static str,
    /// What `:help` says of it.
    pub about: &'static str,
    pub run: fn(&mut Call<'_, '_, '_>) -> Flow,
}

/// A command of a session's own prompt, which has all of the session.
pub struct SessionCommand {
    pub name: &'static str,
    pub argument: &'static str,
    pub about: &'static str,
    pub run: fn(&State, &mut Session, &str),
}

/// What a command is given.
pub struct Call<'c, 'w, 'e> {
    pub state: &'c State,
    /// All commands of this prompt.
    pub commands: &'c [script::Command],
    /// What stands in front of its lines.
    pub prompt: &'c str,
    pub workspace: &'c mut Workspace<'w, 'e>,
    /// What was written behind the command.
    pub argument: &'c str,
}

/// What comes after a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Flow {
    GoOn,
    End(Ended),
}

impl Command {
    pub fn listed(&self) -> script::Command {
        script::Command { name: self.name, argument: self.argument, about: self.about }
    }
}

impl SessionCommand {
    pub fn listed(&self) -> script::Command {
        script::Command { name: self.name, argument: self.argument, about: self.about }
    }
}

/// Does what `:line` says, with what `call` has beside the argument. One that is not in `table` but among the prompt's own commands
/// ends the prompt.
pub fn obey(table: &[Command], call: Call<'_, '_, '_>, line: &str) -> Flow {
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, argument) = (if name == "q" { "quit" } else { name }, argument.trim());
    if let Some(command) = table.iter().find(|c| c.name == name) {
        return (command.run)(&mut Call { argument, ..call });
    }
    match call.commands.iter().find(|c| c.name == name) {
        Some(own) => Flow::End(Ended::Command(own.name, argument.to_string())),
        None => {
            complain(&unknown(call.commands, name));
            Flow::GoOn
        }
    }
}

/// What is said of a command that there is not.
pub fn unknown(commands: &[script::Command], name: &str) -> String {
    let known: Vec<&str> = commands.iter().map(|c| c.name).collect();
    format!("error: there is no command `:{name}`{} (:help lists them)", did_you_mean(name, &known))
}

impl<'c> Call<'c, '_, '_> {
    /// The file that `:name` needs; without one, that is said.
    pub fn file(&self, name: &str) -> Option<&'c Path> {
        if self.argument.is_empty() {
            complain(&format!("error: `:{name} FILE` needs the name of a file"));
            return None;
        }
        Some(Path::new(self.argument))
    }
}

#[cfg(test)]
mod tests {
    use super::super::argument::{self, Argument};
    use super::super::commands::{TABLE, listed};
    use super::*;
    use crate::script::Setup;

    const TOY: Command = Command {
        name: "twice",
        argument: "CODE",
        about: "runs CODE two times",
        run: |call| {
            for _ in 0..2 {
                let _ = call.workspace.input(call.argument);
            }
            Flow::GoOn
        },
    };
    const OWN: script::Command = script::Command { name: "leave", argument: "", about: "ends this prompt" };

    #[test]
    fn a_new_command_is_a_row() {
        let mut session = Session::new(Setup::named("test")).unwrap();
        let mut workspace = session.workspace();
        let table: Vec<Command> = TABLE.iter().copied().chain([TOY]).collect();
        let commands = listed(&table, &[OWN]);
        let state = State::default();
        let mut obey = |line: &str| {
            let call =
                Call { state: &state, commands: &commands, prompt: "> ", workspace: &mut workspace, argument: "" };
            obey(&table, call, line)
        };
        assert_eq!(obey("time let n = 1;"), Flow::GoOn);
        assert_eq!(obey("twice  n += 1;"), Flow::GoOn);
        assert_eq!(obey("nothing"), Flow::GoOn);
        assert_eq!(obey("leave now"), Flow::End(Ended::Command("leave", "now".into())));
        assert_eq!(obey("q"), Flow::End(Ended::Quit));
        assert_eq!(workspace.input("n").unwrap().as_int(), Ok(3));
        assert_eq!(argument::begun(&commands, ":twice n +"), Some((Argument::Code, "n +")));
    }
}
