//! `:commands`, one file each.

mod bench;
mod doc;
mod edit;
mod help;
mod history;
mod load;
mod quit;
mod reload;
mod reset;
mod run;
mod save;
mod set;
pub mod shell;
mod source;
mod time;
mod vars;
mod who;

pub use help::help;
pub use source::show as show_source;

use super::command::{Command, SessionCommand};
use crate::script;

/// Those that every prompt has.
pub const TABLE: &[Command] = &[
    help::COMMAND,
    doc::COMMAND,
    vars::COMMAND,
    who::COMMAND,
    time::COMMAND,
    bench::COMMAND,
    load::COMMAND,
    edit::COMMAND,
    save::COMMAND,
    history::COMMAND,
    set::COMMAND,
    quit::COMMAND,
];

/// Those of a session's own prompt, beside [`TABLE`].
pub const SESSION: &[SessionCommand] = &[run::COMMAND, reload::COMMAND, reset::COMMAND];

/// Those of a session's prompt, for whoever lists them.
pub fn all_commands() -> Vec<script::Command> {
    let own: Vec<script::Command> = SESSION.iter().map(SessionCommand::listed).collect();
    listed(TABLE, &own)
}

/// All commands of a prompt that has `own` ones, as they are listed.
pub fn listed(table: &[Command], own: &[script::Command]) -> Vec<script::Command> {
    table.iter().map(Command::listed).chain(own.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::argument::TAKE_CODE;
    use super::TABLE;

    #[test]
    fn the_line_editor_knows_all_commands_that_take_code() {
        let taking: Vec<&str> = TABLE.iter().filter(|c| c.argument == "CODE").map(|c| c.name).collect();
        assert_eq!(taking, TAKE_CODE);
    }
}
