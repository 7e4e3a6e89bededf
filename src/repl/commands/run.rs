//! `:run`: a script with its options, as `imdbsh FILE key=value` runs it.

#![expect(clippy::disallowed_methods, reason = "files that the user names at the prompt")]

use super::super::command::{PROMPT, SessionCommand};
use super::super::{results, state::State};
use crate::access::{self, Want};
use crate::output::complain;
use crate::script::{Script, Session};
use std::{collections::BTreeMap, path::Path};

pub const COMMAND: SessionCommand = SessionCommand {
    name: "run",
    argument: "FILE [KEY=VALUE…]",
    about: "runs a script as `imdbsh FILE` does; its variables stay",
    run,
};

fn run(state: &State, session: &mut Session, argument: &str) {
    let mut words = words(argument).into_iter();
    let Some(file) = words.next() else {
        return complain("error: `:run FILE key=value` needs the name of a file");
    };
    let given = match options(words) {
        Ok(given) => given,
        Err(why) => return complain(&format!("error: {why}")),
    };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(cause) => return complain(&format!("error: cannot read {file}: {cause}")),
    };
    state.note_loaded(Path::new(&file).to_path_buf());
    access::allow(Want::Read, Path::new(&file).parent().unwrap_or(Path::new("")));
    results::run_script(session, PROMPT, argument, &Script { file, text, given });
}

fn options(words: impl Iterator<Item = String>) -> Result<BTreeMap<String, String>, String> {
    let mut given = BTreeMap::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(format!("options are given as key=value, got `{word}`"));
        };
        if given.insert(name.to_string(), value.to_string()).is_some() {
            return Err(format!("option `{name}` is given twice"));
        }
    }
    Ok(given)
}

/// The words of a line; spaces in quotes are none between words.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_as_a_shell_does() {
        assert_eq!(
            words("a.rhai  lr=3e-4 test='neg[0:5] + pos[0:5]' x=\"\""),
            ["a.rhai", "lr=3e-4", "test=neg[0:5] + pos[0:5]", "x="]
        );
        assert_eq!(words(" "), [""; 0]);
        assert!(options(["a".to_string()].into_iter()).is_err());
    }
}
