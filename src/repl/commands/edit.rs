//! `:edit`: an input, or a file, in the user's own editor.

#![expect(clippy::disallowed_methods, reason = "files that the user names at the prompt")]

use super::super::command::{Call, Command, Flow};
use super::super::{results, terminal};
use super::load::load;
use crate::output::{complain, say};
use std::{env, io::Write, path::Path};

pub const COMMAND: Command = Command {
    name: "edit",
    argument: "[FILE]",
    about: "opens the last input, or FILE, in your $EDITOR; runs it",
    run: edit,
};

/// Edits the last input, or the file that the argument names, and runs what came of it.
fn edit(call: &mut Call<'_, '_, '_>) -> Flow {
    let result = match call.argument {
        "" => edit_input(call),
        file => open(Path::new(file)).map(|()| load(call, Path::new(file))),
    };
    if let Err(cause) = result {
        complain(&format!("error: {cause}; nothing was run"));
    }
    Flow::GoOn
}

fn edit_input(call: &mut Call<'_, '_, '_>) -> Result<(), String> {
    let before = call.workspace.record.last().unwrap_or_default();
    let mut file = tempfile::Builder::new().suffix(".rhai").tempfile().map_err(|e| format!("no file to edit: {e}"))?;
    writeln!(file, "{before}").map_err(|e| format!("no file to edit: {e}"))?;
    open(file.path())?;
    let text = std::fs::read_to_string(file.path()).map_err(|e| format!("what was edited cannot be read: {e}"))?;
    let text = text.trim();
    if text.is_empty() {
        return Err("the text is empty".into());
    }
    say(text);
    call.state.remember(text);
    results::run(call.workspace, call.prompt, text, false);
    Ok(())
}

/// Opens `file` in the user's editor and waits for its end.
fn open(file: &Path) -> Result<(), String> {
    let set = |name| env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let Some(editor) = set("VISUAL").or_else(|| set("EDITOR")) else {
        return Err("set VISUAL or EDITOR to the editor of your choice".into());
    };
    // `code --wait`: what stands behind the name are arguments.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let arguments: Vec<&str> = words.chain(file.to_str()).collect();
    match terminal::run(program, &arguments) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the editor `{editor}` failed ({status})")),
        Err(cause) => Err(format!("the editor `{editor}` cannot be started: {cause}")),
    }
}
