//! `:save`: the session as a script.

#![expect(clippy::disallowed_methods, reason = "files that the user names at the prompt")]

use super::super::command::{Call, Command, Flow};
use crate::ml::files::write_own;
use crate::output::{complain, say};
use crate::script::Workspace;
use std::path::Path;

const NAME: &str = "save";

pub const COMMAND: Command =
    Command { name: NAME, argument: "FILE", about: "writes the session as a script that prints what it showed", run };

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    if let Some(file) = call.file(NAME) {
        save(call.workspace, file);
    }
    Flow::GoOn
}

/// What a saved session begins with; other files are not written over.
const HEADER: &str = "// Saved at the prompt of imdbsh";

fn save(workspace: &Workspace<'_, '_>, file: &Path) {
    if std::fs::read_to_string(file).is_ok_and(|text| !text.starts_with(HEADER)) || file.is_dir() {
        return complain(&format!("error: {} is there already, and no session was saved in it", file.display()));
    }
    let seed = workspace.seed.map(|seed| format!("manual_seed({seed});\n")).unwrap_or_default();
    let script = workspace.session_script();
    let text = format!("{HEADER} {}.\n{seed}{script}", env!("CARGO_PKG_VERSION"));
    match write_own(file, |out| out.write_all(text.as_bytes())) {
        Ok(()) => say(&format!("{}: {} lines", file.display(), text.lines().count())),
        Err(error) => complain(&format!("error: {}", error.message)),
    }
}
