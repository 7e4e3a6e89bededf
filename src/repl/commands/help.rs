//! `:help` and `?name`.

use super::super::command::{Call, Command, Flow, unknown};
use super::super::complete::Known;
use crate::output::{complain, say};
use crate::script::{self, Workspace, docs::Doc, inspect::Variable, pages};

pub const COMMAND: Command = Command {
    name: "help",
    argument: "[NAME]",
    about: "lists the commands; with a name, what ?NAME shows",
    run: |call| {
        help(call);
        Flow::GoOn
    },
};

/// What the keys do.
const KEYS: &str = "\
?NAME          what a function, a module or a variable is; ?WORDS searches
??NAME         the source of a function that is written in Rhai, with its place
!COMMAND       runs another program in your shell, ! COMMAND whatever it is called
_              the last value that was shown; a `;` at the end hides a value
Tab            completes; → takes the hint; Ctrl-R searches what was typed
Enter          goes on in a new line while something is open; twice, it runs
Alt-Enter      begins a new line
Ctrl-C         stops what runs; the variables stay
Ctrl-D         leaves what was begun and goes on over several lines; on an empty line, the prompt";

/// Answers what the argument asks about; without one, lists the commands.
pub fn help(call: &Call<'_, '_, '_>) {
    match call.argument {
        "" => {
            let lines: Vec<String> = call.commands.iter().map(describe).collect();
            call.state.show(&format!("{}\n{KEYS}", lines.join("\n")));
        }
        name => show(call, name),
    }
}

/// The line of a command in `:help`.
fn describe(command: &script::Command) -> String {
    format!("{:14} {}", format!(":{} {}", command.name, command.argument), command.about)
}

/// Prints what there is to know of `name`: a variable, a function, a module, or words to search for.
pub fn show(call: &Call<'_, '_, '_>, name: &str) {
    if let Some(command) = name.strip_prefix(':') {
        return match call.commands.iter().find(|c| c.name == command) {
            Some(command) => say(&describe(command)),
            None => complain(&unknown(call.commands, command)),
        };
    }
    let workspace = &*call.workspace;
    let known = Known::of(workspace, &call.state.library(workspace), Vec::new());
    if let Some(variable) = known.variables.iter().find(|v| v.name == name) {
        call.state.show(&about_variable(workspace, &known, variable));
        return;
    }
    // `weights.matmul` asks for the method.
    let name = if name.contains("..") { name } else { name.rsplit('.').next().unwrap_or(name) };
    let all: Vec<Doc> = known.docs().cloned().collect();
    match pages::page(&all, &script::themes(), name) {
        Ok(page) => {
            let exact = all.iter().find(|d| d.name == name && !d.builtin);
            let place = exact.and_then(|_| workspace.defined_at(name));
            call.state.show(&place.map_or(page.clone(), |place| format!("{page}\n\nDefined at {place}")));
        }
        Err(error) => complain(&format!("error: {}", error.message)),
    }
}

fn about_variable(workspace: &Workspace<'_, '_>, known: &Known, variable: &Variable) -> String {
    let measured = workspace.measure().into_iter().find(|m| m.name == variable.name);
    let shape = measured.map(|m| m.shape).unwrap_or_default();
    let mut text = format!("{}: {} {shape}", variable.name, variable.kind).trim_end().to_string();
    let fields: Vec<&str> = variable.fields.iter().map(|f| f.name.as_str()).collect();
    let is_shown = |name: &str| !["to_debug", "to_string", "print", "debug"].contains(&name);
    let members = known.library.members.iter().filter(|m| m.of == variable.kind && is_shown(&m.name));
    let members: Vec<&str> = members.map(|m| m.name.as_str()).collect();
    for (what, mut names) in [("Fields", fields), ("Methods", members)] {
        names.dedup();
        if !names.is_empty() {
            text += &format!("\n{what}: {}", names.join(", "));
        }
    }
    text
}
