//! `?name` and `help(name)`.

use super::{commands, complete::Known, console::Console};
use crate::output::{complain, say};
use crate::script::{Command, Workspace, docs::Doc, inspect::Variable, pages};

/// What a line asks about, if it is a question: `?adam`, `adam?`, `help(adam)`, `help("learning rate")`; empty for help itself.
pub fn asked(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(';').trim();
    let inner = line.strip_prefix("help(").and_then(|rest| rest.strip_suffix(')')).map(str::trim);
    let quoted = |text: &'_ str| text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    if let Some(inner) = inner.filter(|inner| inner.is_empty() || is_name(inner) || quoted(inner)) {
        return Some(inner.trim_matches('"'));
    }
    if line == "help" {
        return Some("");
    }
    let asked = line.strip_prefix('?').or_else(|| line.strip_suffix('?'));
    let bare = line.starts_with('?');
    asked.map(str::trim).filter(|name| bare || is_name(name)).map(|name| name.trim_matches('"'))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_:.".contains(c))
}

/// Prints what there is to know of `name`: a variable, a function, a module, or words to search for.
pub fn show(console: &Console, workspace: &Workspace<'_, '_>, name: &str, own: &[Command]) {
    if name.is_empty() {
        return say(&commands::list(own));
    }
    if let Some(command) = name.strip_prefix(':') {
        return match commands::TABLE.iter().chain(own).find(|c| c.name == command) {
            Some(command) => say(&commands::describe(command)),
            None => complain(&commands::unknown(command, own)),
        };
    }
    let known = Known::of(workspace, &console.library(workspace), Vec::new());
    if let Some(variable) = known.variables.iter().find(|v| v.name == name) {
        say(&about_variable(workspace, &known, variable));
        return;
    }
    // `weights.matmul` asks for the method.
    let name = if name.contains("..") { name } else { name.rsplit('.').next().unwrap_or(name) };
    let all: Vec<Doc> = known.docs().cloned().collect();
    match pages::page(&all, name) {
        Ok(page) => {
            let exact = all.iter().find(|d| d.name == name && !d.builtin);
            let place = exact.and_then(|_| workspace.defined_at(name));
            say(&place.map_or(page.clone(), |place| format!("{page}\n\nDefined at {place}")));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_from_code() {
        for (line, name) in [
            ("?adam", Some("adam")),
            ("? learning rate", Some("learning rate")),
            ("adam?", Some("adam")),
            ("help(schedule::cosine)", Some("schedule::cosine")),
            ("help(\"learning rate\");", Some("learning rate")),
            ("help()", Some("")),
            ("help", Some("")),
            ("?", Some("")),
            ("helper(1)", None),
            ("help(1 + 2)", None),
            ("x ?? 1", None),
            ("adam", None),
        ] {
            assert_eq!(asked(line), name, "{line}");
        }
    }
}
