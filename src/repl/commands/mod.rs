//! `:commands`, one file each.

mod doc;
mod edit;
mod help;
mod load;
mod quit;
mod reload;
mod reset;
mod save;
mod time;
mod vars;

pub use help::help;

use super::command::{Command, SessionCommand};
use crate::script;

/// Those that every prompt has.
pub const TABLE: &[Command] = &[
    help::COMMAND,
    doc::COMMAND,
    vars::COMMAND,
    time::COMMAND,
    load::COMMAND,
    edit::COMMAND,
    save::COMMAND,
    quit::COMMAND,
];

/// Those of a session's own prompt, beside [`TABLE`].
pub const SESSION: &[SessionCommand] = &[reload::COMMAND, reset::COMMAND];

/// All commands of a prompt that has `own` ones, as they are listed.
pub fn listed(table: &[Command], own: &[script::Command]) -> Vec<script::Command> {
    table.iter().map(Command::listed).chain(own.iter().copied()).collect()
}
