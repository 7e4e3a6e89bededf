//! `:reload`: edited files, read anew.

#![expect(clippy::disallowed_methods, reason = "files that the user names at the prompt")]

use super::super::command::SessionCommand;
use super::super::state::State;
use crate::output::{complain, say};
use crate::script::{Failure, Session, Workspace};
use std::path::PathBuf;

pub const COMMAND: SessionCommand = SessionCommand {
    name: "reload",
    argument: "",
    about: "reads edited files of stdlib, imports and :load anew",
    run: reload,
};

fn reload(state: &State, session: &mut Session, _: &str) {
    let mut all: Vec<(String, Result<(), String>)> =
        session.reload().into_iter().map(|reloaded| (reloaded.name, reloaded.result)).collect();
    state.forget_library();
    all.extend(state.loaded().into_iter().filter_map(|file| redefine(&mut session.workspace(), &file)));
    if all.is_empty() {
        say("nothing has changed");
    }
    for (name, result) in all {
        match result {
            Ok(()) => say(&format!("{name} is read anew")),
            Err(cause) => complain(&format!("{name} stays as it was: {cause}")),
        }
    }
}

/// Reads the functions of a changed file anew.
fn redefine(workspace: &mut Workspace<'_, '_>, file: &PathBuf) -> Option<(String, Result<(), String>)> {
    let name = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) if workspace.has_run(&name, &text) => return None,
        Ok(text) => text,
        Err(cause) => return Some((name, Err(cause.to_string()))),
    };
    let result = workspace.redefine(&name, &text).map_err(Failure::into_report);
    Some((name, result))
}
