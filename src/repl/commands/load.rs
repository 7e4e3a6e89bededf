//! `:load`: a file, run at the prompt.

#![expect(clippy::disallowed_methods, reason = "files that the user names at the prompt")]

use super::super::command::{Call, Command, Flow};
use super::super::results;
use crate::access::{self, Want};
use crate::output::complain;
use std::path::Path;

const NAME: &str = "load";

pub const COMMAND: Command =
    Command { name: NAME, argument: "FILE", about: "runs a script here: its variables and functions stay", run };

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    if let Some(file) = call.file(NAME) {
        load(call, file);
    }
    Flow::GoOn
}

/// Runs a file in the workspace.
pub fn load(call: &mut Call<'_, '_, '_>, file: &Path) {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            call.state.note_loaded(file.to_path_buf());
            // The user has named it, as on a command line: its imports and its data may lie beside it.
            access::allow(Want::Read, file.parent().unwrap_or(file));
            results::run_file(call.workspace, call.prompt, &file.display().to_string(), &text);
        }
        Err(cause) => complain(&format!("error: cannot read {}: {cause}", file.display())),
    }
}
