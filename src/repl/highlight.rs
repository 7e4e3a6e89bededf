//! Rhai in colours, and the bracket that belongs to the one at the cursor.

use crate::script::lexer::{Kind, Token, lex};
use std::{borrow::Cow, ops::Range};

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const MAGENTA: &str = "\x1b[35m";
const CYAN: &str = "\x1b[36m";
/// Bold and underlined.
const PARTNER: &str = "\x1b[1;4m";
const RESET: &str = "\x1b[0m";

/// `line` in colours. Brackets at the cursor `at` and their partners stand out; `None` marks none.
pub fn line(line: &str, at: Option<usize>) -> Cow<'_, str> {
    if line.starts_with([':', '?']) {
        return Cow::Owned(format!("{YELLOW}{line}{RESET}"));
    }
    let lexed = lex(line);
    if lexed.tokens.is_empty() {
        return Cow::Borrowed(line);
    }
    let pair = at.and_then(|at| partners(line, &lexed.tokens, at));
    let marked = |range: &Range<usize>| pair.as_ref().is_some_and(|(a, b)| a == range || b == range);
    let mut out = String::with_capacity(line.len() * 2);
    let mut end = 0;
    for token in &lexed.tokens {
        out += &line[end..token.range.start];
        end = token.range.end;
        match if marked(&token.range) { Some(PARTNER) } else { colour(line, token) } {
            Some(colour) => out += &format!("{colour}{}{RESET}", token.text(line)),
            None => out += token.text(line),
        }
    }
    out += &line[end..];
    Cow::Owned(out)
}

fn colour(line: &str, token: &Token) -> Option<&'static str> {
    match token.kind {
        Kind::Comment => Some(DIM),
        Kind::Text => Some(GREEN),
        Kind::Number => Some(CYAN),
        Kind::Keyword => Some(MAGENTA),
        // A call.
        Kind::Name if line[token.range.end..].starts_with('(') => Some(BOLD),
        Kind::Name | Kind::Symbol => None,
    }
}

pub fn prompt(prompt: &str) -> String {
    format!("{BOLD}{prompt}{RESET}")
}

pub fn hint(hint: &str) -> String {
    format!("{DIM}{hint}{RESET}")
}

fn is_opening(bracket: &str) -> bool {
    ["(", "[", "{", "#{", "${", "?["].contains(&bracket)
}

fn is_closing(bracket: &str) -> bool {
    [")", "]", "}"].contains(&bracket)
}

/// The bracket under the cursor, or else the one before it, and its partner.
fn partners(line: &str, tokens: &[Token], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let brackets: Vec<&Token> = tokens
        .iter()
        .filter(|t| t.kind == Kind::Symbol && (is_opening(t.text(line)) || is_closing(t.text(line))))
        .collect();
    let here = brackets
        .iter()
        .position(|t| t.range.contains(&at))
        .or_else(|| brackets.iter().position(|t| t.range.end == at && at > 0))?;
    let mut depth = 0_i64;
    let step = |bracket: &Token| if is_opening(bracket.text(line)) { 1 } else { -1 };
    let closes = |bracket: &&Token| {
        depth += step(bracket);
        depth == 0
    };
    let partner = match is_opening(brackets[here].text(line)) {
        true => brackets[here..].iter().copied().find(closes),
        false => brackets[..=here].iter().rev().copied().find(closes),
    };
    Some((brackets[here].range.clone(), partner?.range.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let mut rest = text;
        let mut out = String::new();
        while let Some((before, behind)) = rest.split_once('\x1b') {
            out += before;
            rest = behind.split_once('m').map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    #[test]
    fn colours_change_no_character() {
        for text in ["let x = `a ${f(1)} b`; // c\nx", "é \"ü\" + 1.5", ":load a.rhai", "f(", "}", ""] {
            assert_eq!(plain(&line(text, Some(2))), text);
        }
        assert!(line("let x = 1", None).starts_with("\x1b[35mlet\x1b[0m x"));
    }

    #[test]
    fn the_partner_of_a_bracket_is_found_both_ways_and_not_in_strings() {
        let text = "f(\")\", #{ a: [1] })";
        let tokens = lex(text).tokens;
        let end = text.len();
        assert_eq!(partners(text, &tokens, 1), Some((1..2, end - 1..end)));
        assert_eq!(partners(text, &tokens, end), Some((end - 1..end, 1..2)));
        assert_eq!(partners(text, &tokens, 7), Some((7..9, end - 2..end - 1)));
        assert_eq!(partners("((", &lex("((").tokens, 0), None);
    }
}
