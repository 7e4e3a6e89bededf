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
    let asked = line.strip_prefix('?').or_else(|| line.strip_suffix('?'));
    let bare = line.starts_with('?');
    asked.map(str::trim).filter(|name| bare || is_name(name)).map(|name| name.trim_matches('"'))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_:.".contains(c))
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
