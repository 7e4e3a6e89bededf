//! `:commands`.

use super::{console::Console, edit, help, results};
use crate::access::{self, Want};
use crate::error::did_you_mean;
use crate::output::{complain, say};
use crate::script::{Command, Ended, Failure, Session, Workspace, size::Measure};
use std::path::{Path, PathBuf};

const fn command(name: &'static str, argument: &'static str, about: &'static str) -> Command {
    Command { name, argument, about }
}

/// Those that every prompt has.
pub const TABLE: &[Command] = &[
    command("help", "[NAME]", "lists the commands; with a name, what ?NAME shows"),
    command("doc", "[NAME]", "what ?NAME shows; without a name, all functions"),
    command("vars", "", "the variables: type, shape, memory"),
    command("time", "CODE", "runs CODE and tells how long it took"),
    command("load", "FILE", "runs a script here: its variables and functions stay"),
    command("edit", "[FILE]", "opens the last input, or FILE, in your $EDITOR; runs it"),
    command("save", "FILE", "writes the session as a script that prints what it showed"),
    command("quit", "", "leaves the prompt, as `exit` and Ctrl-D do"),
];

/// Those of a session's own prompt, beside [`TABLE`].
pub const SESSION: &[Command] = &[
    command("reload", "", "reads edited files of stdlib, imports and :load anew"),
    command("reset", "", "forgets variables, functions and imports"),
];

/// What comes after a command.
pub enum Flow {
    GoOn,
    End(Ended),
}

/// Does what `:command` says, typed behind `prompt`. One of `own` ends the prompt.
pub fn obey(
    console: &Console,
    prompt: &str,
    workspace: &mut Workspace<'_, '_>,
    command: &str,
    own: &[Command],
) -> Flow {
    let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let argument = argument.trim();
    if let Some(command) = own.iter().find(|c| c.name == name) {
        return Flow::End(Ended::Command(command.name, argument.to_string()));
    }
    match name {
        "quit" | "q" => return Flow::End(Ended::Quit),
        "help" | "doc" if !argument.is_empty() => help::show(console, workspace, argument, own),
        "help" => say(&list(own)),
        "doc" => say(&crate::script::pages::overview(&console.library(workspace).docs)),
        "vars" => say(&variables(&workspace.measure())),
        "time" if argument.is_empty() => complain("error: `:time CODE` needs something to run"),
        "time" => results::run(workspace, prompt, argument, true),
        "load" | "save" if argument.is_empty() => complain(&format!("error: `:{name} FILE` needs the name of a file")),
        "load" => load(console, prompt, workspace, Path::new(argument)),
        "save" => save(workspace, Path::new(argument)),
        "edit" => edit::edit(console, prompt, workspace, argument),
        _ => complain(&unknown(name, own)),
    }
    Flow::GoOn
}

/// What is said of a command that there is not.
pub fn unknown(name: &str, own: &[Command]) -> String {
    let known: Vec<&str> = TABLE.iter().chain(own).map(|c| c.name).collect();
    format!("error: there is no command `:{name}`{} (:help lists them)", did_you_mean(name, &known))
}

/// The line of a command in `:help`.
pub fn describe(command: &Command) -> String {
    format!("{:14} {}", format!(":{} {}", command.name, command.argument), command.about)
}

/// What `:help` prints.
pub fn list(own: &[Command]) -> String {
    let lines = TABLE.iter().chain(own).map(describe);
    let keys = "\
?NAME          what a function, a module or a variable is; ?WORDS searches
_              the last value that was shown; a `;` at the end hides a value
Tab            completes; → takes the hint; Ctrl-R searches what was typed
Enter          goes on in a new line while something is open; twice, it runs
Alt-Enter      begins a new line
Ctrl-C         stops what runs; the variables stay";
    format!("{}\n{keys}", lines.collect::<Vec<_>>().join("\n"))
}

/// Runs a file in the workspace.
pub fn load(console: &Console, prompt: &str, workspace: &mut Workspace<'_, '_>, file: &Path) {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            console.note_loaded(file.to_path_buf());
            // The user has named it, as on a command line: its imports and its data may lie beside it.
            access::allow(Want::Read, file.parent().unwrap_or(file));
            results::run_file(workspace, prompt, &file.display().to_string(), &text);
        }
        Err(cause) => complain(&format!("error: cannot read {}: {cause}", file.display())),
    }
}

/// What a saved session begins with; other files are not written over.
const HEADER: &str = "// Saved at the prompt of imdbsh";

fn save(workspace: &Workspace<'_, '_>, file: &Path) {
    if std::fs::read_to_string(file).is_ok_and(|text| !text.starts_with(HEADER)) || file.is_dir() {
        return complain(&format!("error: {} is there already, and no session was saved in it", file.display()));
    }
    let seed = workspace.seed.map(|seed| format!("manual_seed({seed});\n")).unwrap_or_default();
    let script = workspace.record.script();
    let text = format!("{HEADER} {}.\n{seed}{script}", env!("CARGO_PKG_VERSION"));
    match crate::ml::files::write_own(file, |out| out.write_all(text.as_bytes())) {
        Ok(()) => say(&format!("{}: {} lines", file.display(), text.lines().count())),
        Err(error) => complain(&format!("error: {}", error.message)),
    }
}

/// The table that `:vars` prints.
fn variables(all: &[Measure]) -> String {
    if all.is_empty() {
        return "no variables".into();
    }
    let width = |text: fn(&Measure) -> &str| all.iter().map(|m| text(m).chars().count()).max().unwrap_or(0);
    let (name, kind, shape) = (width(|m| &m.name), width(|m| &m.kind), width(|m| &m.shape));
    let line = |m: &Measure| {
        let bytes = m.bytes.map(memory).unwrap_or_default();
        format!("{:name$}  {:kind$}  {:shape$}  {bytes:>9}", m.name, m.kind, m.shape).trim_end().to_string()
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn memory(bytes: usize) -> String {
    match bytes as f64 {
        b if b < 1e3 => format!("{bytes} B"),
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

/// `:reload` and `:reset`.
pub fn obey_session(console: &Console, session: &mut Session, name: &str) {
    match name {
        "reset" => session.reset(),
        _ => reload(console, session),
    }
}

fn reload(console: &Console, session: &mut Session) {
    let mut all: Vec<(String, Result<(), String>)> =
        session.reload().into_iter().map(|reloaded| (reloaded.name, reloaded.result)).collect();
    console.forget_library();
    all.extend(console.loaded().into_iter().filter_map(|file| redefine(&mut session.workspace(), &file)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_listed_in_columns() {
        let row = |name: &str, shape: &str, bytes| Measure {
            name: name.into(),
            kind: "Tensor".into(),
            shape: shape.into(),
            bytes,
        };
        let table = variables(&[row("a", "[2] float32", Some(8)), row("longer", "", None)]);
        assert_eq!(table, "a       Tensor  [2] float32        8 B\nlonger  Tensor");
        assert_eq!([999, 1_500, 2_500_000].map(memory), ["999 B", "1.5 kB", "2.5 MB"]);
    }
}
