//! What the text alone says: escapes in backticks, and findings that are allowed.

use super::findings::{BACKTICKS, kind::Finding};
use crate::script::language::lexer::{Kind, Lexed};
use rhai::Position;
use std::collections::{HashMap, HashSet};

/// What a comment begins with that allows findings.
const ALLOW: &str = "imdbsh: allow";

/// The places of a text, by bytes.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// From 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn position(&self, at: usize) -> Position {
        let line = self.line(at);
        let column = self.text[self.starts[line - 1]..at].chars().count() + 1;
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Position::new(short(line), short(column))
    }
}

/// `\n` and its like in backticks.
pub fn escapes(text: &str, lexed: &Lexed) -> Vec<Finding> {
    let lines = Lines::of(text);
    let in_backticks =
        lexed.tokens.iter().filter(|token| token.kind == Kind::Text && !token.text(text).starts_with(['"', '\'']));
    let found = in_backticks.flat_map(|token| {
        let places = token.text(text).match_indices('\\').map(|(at, _)| token.range.start + at);
        places.filter(|at| is_escape(&text[*at..])).collect::<Vec<_>>()
    });
    let finding = |at: usize| {
        let escape = &text[at..at + 2];
        let title = format!("`{escape}` in backticks is a backslash and {}", &escape[1..]);
        let remedy =
            format!("${{\"{escape}\"}} in it, or a text in quotes; a text in backticks may have several lines");
        Finding::new(&BACKTICKS, lines.position(at), title).with(remedy)
    };
    found.map(finding).collect()
}

/// A line break, or a tabulator: behind it no letter, with which it would be a path or a formula.
fn is_escape(rest: &str) -> bool {
    let mut signs = rest.chars().skip(1);
    matches!(signs.next(), Some('n' | 't' | 'r')) && signs.next().is_none_or(|next| !next.is_ascii_lowercase())
}

/// The findings that comments allow.
#[derive(Default)]
pub struct Allowed {
    on_lines: HashMap<usize, HashSet<String>>,
    everywhere: HashSet<String>,
}

impl Allowed {
    /// `// imdbsh: allow(W03)` on a line, or on one of its own above it; `// imdbsh: allow-file(W03, W06)` anywhere.
    pub fn of(text: &str, lexed: &Lexed) -> Self {
        let mut allowed = Allowed::default();
        if !text.contains(ALLOW) {
            return allowed;
        }
        let lines = Lines::of(text);
        for token in lexed.tokens.iter().filter(|token| token.kind == Kind::Comment) {
            let Some((_, rest)) = token.text(text).split_once(ALLOW) else { continue };
            let Some((head, rest)) = rest.split_once('(') else { continue };
            let numbers = rest.split(')').next().unwrap_or_default();
            let numbers = numbers.split(',').map(|number| number.trim().to_uppercase());
            let line = lines.line(token.range.start);
            let before = &text[lines.starts[line - 1]..token.range.start];
            match head {
                "-file" => allowed.everywhere.extend(numbers),
                "" => {
                    let line = if before.trim().is_empty() { line + 1 } else { line };
                    allowed.on_lines.entry(line).or_default().extend(numbers);
                }
                _ => {}
            }
        }
        allowed
    }

    pub fn has(&self, finding: &Finding) -> bool {
        let number = finding.kind.number;
        let here = finding.position.line().and_then(|line| self.on_lines.get(&line));
        self.everywhere.contains(number) || here.is_some_and(|numbers| numbers.contains(number))
    }
}
