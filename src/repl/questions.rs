//! `?name`, told from code.

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
    if line.starts_with("??") {
        return None;
    }
    let asked = line.strip_prefix('?').or_else(|| line.strip_suffix('?'));
    let bare = line.starts_with('?');
    asked.map(str::trim).filter(|name| bare || is_name(name)).map(|name| name.trim_matches('"'))
}

/// The name whose source a line asks for: `??schedule::step`, `f??`.
pub fn source_asked(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(';').trim();
    let asked = line.strip_prefix("??").or_else(|| line.strip_suffix("??"));
    asked.map(str::trim).filter(|name| is_name(name))
}

/// The command of another program that a line begins with `!`. `!done` of a variable, `!(…)`, `!f(x)` and `![…]` are code; with a space behind the `!` it
/// is a command in any case.
pub fn command_asked<'l>(line: &'l str, is_known: &dyn Fn(&str) -> bool) -> Option<&'l str> {
    let rest = line.strip_prefix('!')?;
    if rest.starts_with(char::is_whitespace) {
        return Some(rest.trim()).filter(|command| !command.is_empty());
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    let is_code = name.is_empty() && rest.starts_with(['(', '[', '!', '{', '#', '"'])
        || is_known(name)
        || behind.starts_with(['(', '['])
        || behind.starts_with("::");
    (!is_code && !rest.is_empty()).then_some(rest)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_:.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_told_from_what_is_not_true() {
        let known = |name: &str| name == "done";
        for (line, command) in [
            ("!ls -la", Some("ls -la")),
            ("! done", Some("done")),
            ("!./run.sh", Some("./run.sh")),
            ("!~/bin/x", Some("~/bin/x")),
            ("!done", None),
            ("!done && x", None),
            ("!(a || b)", None),
            ("!f(x)", None),
            ("!m::f(x)", None),
            ("!!x", None),
            ("!", None),
            ("x != 1", None),
        ] {
            assert_eq!(command_asked(line, &known), command, "{line}");
        }
    }

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
            ("??adam", None),
        ] {
            assert_eq!(asked(line), name, "{line}");
        }
        for (line, name) in
            [("??adam", Some("adam")), ("train::fit??", Some("train::fit")), ("x ?? 1", None), ("?adam", None)]
        {
            assert_eq!(source_asked(line), name, "{line}");
        }
    }
}
