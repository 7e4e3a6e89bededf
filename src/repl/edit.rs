//! `:edit`: an input, or a file, in the user's own editor.

use super::{commands, console::Console, results};
use crate::output::{complain, say};
use crate::script::Workspace;
use std::{env, io::Write, path::Path, process::Command};

/// Edits the last input, or the file that `argument` names, and runs what came of it.
pub fn edit(console: &Console, prompt: &str, workspace: &mut Workspace<'_, '_>, argument: &str) {
    let result = match argument {
        "" => edit_input(console, prompt, workspace),
        file => open(Path::new(file)).map(|()| commands::load(console, prompt, workspace, Path::new(file))),
    };
    if let Err(cause) = result {
        complain(&format!("error: {cause}; nothing was run"));
    }
}

fn edit_input(console: &Console, prompt: &str, workspace: &mut Workspace<'_, '_>) -> Result<(), String> {
    let before = workspace.record.last().unwrap_or_default();
    let mut file = tempfile::Builder::new().suffix(".rhai").tempfile().map_err(|e| format!("no file to edit: {e}"))?;
    writeln!(file, "{before}").map_err(|e| format!("no file to edit: {e}"))?;
    open(file.path())?;
    let text = std::fs::read_to_string(file.path()).map_err(|e| format!("what was edited cannot be read: {e}"))?;
    let text = text.trim();
    if text.is_empty() {
        return Err("the text is empty".into());
    }
    say(text);
    console.remember(text);
    results::run(workspace, prompt, text, false);
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
    match Command::new(program).args(words).arg(file).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the editor `{editor}` failed ({status})")),
        Err(cause) => Err(format!("the editor `{editor}` cannot be started: {cause}")),
    }
}
