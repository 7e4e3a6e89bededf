//! What stands at the cursor.

use super::super::argument::{Argument, begun};
use crate::script::Command;
use crate::script::lexer::{Kind, Open, Token, lex};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `:lo`
    Command,
    /// In a string, or behind a command that takes a file.
    File,
    /// Behind `?`, `help(`, or a command that takes a name.
    FunctionName,
    /// `schedule::co`
    ModuleMember(String),
    /// `net.layer.fo`: what stands in front of the last dot.
    Member(Vec<Link>),
    /// `adam(net, #{ l`
    Option { function: String, given: Vec<String> },
    /// `lstm(1, 2, #{ readout: "m`: in a text that is given to a function, perhaps as an option.
    Text { function: String, option: Option<String>, quote: char },
    /// A variable, function, module or word of the language.
    Name,
    /// A comment, a number, the name of something new.
    Nothing,
}

/// A part of an expression such as `f(x).y[0]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A variable, or a property or field of what stands before it.
    Name(String),
    /// A call, as a function or a method of what stands before it.
    Call(String),
    /// `[…]` behind something.
    Index,
    /// A literal of this type.
    Literal(&'static str),
    /// Something else, such as `(a + b)`.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Where the word that is being typed begins.
    pub start: usize,
    pub word: String,
    pub target: Target,
}

pub fn at(line: &str, at: usize, commands: &[Command]) -> Context {
    let before = &line[..at];
    let is = |start: usize, target| Context { start, word: before[start..].to_string(), target };
    if let Some(target) = special(before, commands) {
        let start = if target == Target::Command { 0 } else { word_start(before) };
        let start = if target == Target::File { before.find(' ').map_or(0, |space| space + 1) } else { start };
        return is(start, target);
    }
    let lexed = lex(before);
    let end = before.len();
    let last = lexed.tokens.last().filter(|t| t.range.end == end);
    match (lexed.open, last) {
        (Some(Open::Comment), _) => return is(end, Target::Nothing),
        (Some(Open::Quotes | Open::Backticks), Some(text)) if text.kind == Kind::Text => {
            let code: Vec<&Token> = lexed.code().collect();
            let front = code.split_last().map(|(_, front)| front).unwrap_or_default();
            let quote = text.text(before).chars().next().filter(|c| ['"', '`'].contains(c));
            let (function, option) = given_to(before, front);
            let target = Target::Text { function, option, quote: quote.unwrap_or('`') };
            return is(text.range.start + usize::from(quote.is_some()), target);
        }
        (_, Some(last)) if matches!(last.kind, Kind::Comment | Kind::Text | Kind::Number) => {
            return is(end, Target::Nothing);
        }
        _ => {}
    }
    let code: Vec<&Token> = lexed.code().collect();
    let is_word = last.is_some_and(|t| matches!(t.kind, Kind::Name | Kind::Keyword));
    let (start, front) = match code.split_last() {
        Some((word, front)) if is_word => (word.range.start, front),
        _ => (end, &code[..]),
    };
    is(start, target(before, front))
}

/// What begins like no code.
fn special(before: &str, commands: &[Command]) -> Option<Target> {
    if before.starts_with('?') || before.starts_with("help(") {
        return Some(Target::FunctionName);
    }
    match begun(commands, before).map(|(argument, _)| argument) {
        Some(Argument::File) => Some(Target::File),
        Some(Argument::Name) => Some(Target::FunctionName),
        Some(Argument::Code) => None,
        None if before.starts_with(':') && !before.contains(' ') => Some(Target::Command),
        _ => before.starts_with(':').then_some(Target::Nothing),
    }
}

fn word_start(before: &str) -> usize {
    before
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8))
}

fn target(text: &str, front: &[&Token]) -> Target {
    let word = |i: usize| front.get(i).map_or("", |t| t.text(text));
    let Some(last) = front.len().checked_sub(1) else { return Target::Name };
    match word(last) {
        "." | "?." => Target::Member(chain(text, &front[..last])),
        "::" => Target::ModuleMember(last.checked_sub(1).map_or("", word).to_string()),
        "let" | "const" | "fn" | "for" | "as" => Target::Nothing,
        "#{" | "," => option(text, front).unwrap_or(Target::Name),
        _ => Target::Name,
    }
}

/// The expression that ends where `tokens` end.
fn chain(text: &str, tokens: &[&Token]) -> Vec<Link> {
    let mut links = Vec::new();
    let mut end = tokens.len();
    while let Some(last) = end.checked_sub(1) {
        let token = tokens[last];
        let (link, start) = match (token.kind, token.text(text)) {
            (Kind::Number, number) => (Link::Literal(if number.contains(['.', 'e']) { "float" } else { "int" }), last),
            (Kind::Text, _) => (Link::Literal("string"), last),
            (Kind::Name, _) => path(text, tokens, last, Link::Name),
            (Kind::Symbol, ")" | "]") => bracketed(text, tokens, last),
            (Kind::Symbol, "}") => (Link::Literal("map"), opening(text, tokens, last).unwrap_or(last)),
            _ => (Link::Other, last),
        };
        links.push(link);
        end = start;
        let joined = end.checked_sub(1).is_some_and(|i| [".", "?."].contains(&tokens[i].text(text)));
        let indexed = matches!(links.last(), Some(Link::Index));
        match (joined, indexed) {
            (true, false) => end -= 1,
            (_, true) => {}
            _ => break,
        }
    }
    links.reverse();
    links
}

/// `schedule::cosine` is one name.
fn path(text: &str, tokens: &[&Token], name: usize, link: fn(String) -> Link) -> (Link, usize) {
    let own = tokens[name].text(text);
    match name.checked_sub(2).filter(|_| tokens[name - 1].text(text) == "::") {
        Some(module) => (link(format!("{}::{own}", tokens[module].text(text))), module),
        None => (link(own.to_string()), name),
    }
}

/// A call, an index, or something in brackets, which ends with the token `last`.
fn bracketed(text: &str, tokens: &[&Token], last: usize) -> (Link, usize) {
    let Some(open) = opening(text, tokens, last) else { return (Link::Other, last) };
    let before = open.checked_sub(1);
    let name = before.filter(|b| tokens[*b].kind == Kind::Name);
    let is_value = before.is_some_and(|b| tokens[b].kind == Kind::Name || [")", "]"].contains(&tokens[b].text(text)));
    match (tokens[last].text(text), name) {
        (")", Some(name)) => path(text, tokens, name, Link::Call),
        ("]", _) if is_value => (Link::Index, open),
        ("]", _) => (Link::Literal("array"), open),
        _ => (Link::Other, open),
    }
}

/// The bracket that the one at `close` closes.
fn opening(text: &str, tokens: &[&Token], close: usize) -> Option<usize> {
    let mut depth = 0_i64;
    (0..=close).rev().find(|i| {
        match tokens[*i].text(text) {
            ")" | "]" | "}" if tokens[*i].kind == Kind::Symbol => depth += 1,
            "(" | "[" | "{" | "#{" | "${" | "?[" if tokens[*i].kind == Kind::Symbol => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

/// The function in whose option map the cursor stands, where a name of an option can.
fn option(text: &str, front: &[&Token]) -> Option<Target> {
    let open = innermost_open(text, front)?;
    if front[open].text(text) != "#{" {
        return None;
    }
    let call = innermost_open(text, &front[..open])?;
    let name = call.checked_sub(1).filter(|i| front[call].text(text) == "(" && front[*i].kind == Kind::Name)?;
    let (Link::Name(function), _) = path(text, front, name, Link::Name) else { return None };
    Some(Target::Option { function, given: keys(text, &front[open + 1..]) })
}

/// The function to which a text is given that stands behind `front`, and as which option; empty where there is none.
fn given_to(text: &str, front: &[&Token]) -> (String, Option<String>) {
    let word = |i: usize| front.get(i).map_or("", |t| t.text(text));
    let open = |end: usize| innermost_open(text, &front[..end]);
    // Out of arrays: `y: ["a", "b`.
    let mut end = front.len();
    while let Some(bracket) = open(end).filter(|at| word(*at) == "[") {
        end = bracket;
    }
    let function = |call: usize| {
        let name = call.checked_sub(1).filter(|i| word(call) == "(" && front[*i].kind == Kind::Name)?;
        let (Link::Name(function), _) = path(text, front, name, Link::Name) else { return None };
        Some(function)
    };
    let in_call = open(end).and_then(function).map(|function| (function, None));
    let in_options = || {
        let map = open(end).filter(|at| word(*at) == "#{")?;
        let option = end.checked_sub(2).filter(|i| word(i + 1) == ":").map(word)?;
        let call = innermost_open(text, &front[..map])?;
        Some((function(call)?, Some(option.to_string())))
    };
    in_call.or_else(in_options).unwrap_or_default()
}

/// The last bracket that is not closed.
fn innermost_open(text: &str, tokens: &[&Token]) -> Option<usize> {
    let mut depth = 0_i64;
    (0..tokens.len()).rev().find(|i| {
        match tokens[*i].text(text) {
            ")" | "]" | "}" if tokens[*i].kind == Kind::Symbol => depth += 1,
            "(" | "[" | "{" | "#{" | "${" | "?[" if tokens[*i].kind == Kind::Symbol => depth -= 1,
            _ => {}
        }
        depth < 0
    })
}

/// The names in front of a colon.
fn keys(text: &str, tokens: &[&Token]) -> Vec<String> {
    let pairs = tokens.windows(2).filter(|pair| pair[1].text(text) == ":");
    pairs.map(|pair| pair[0].text(text).to_string()).collect()
}
