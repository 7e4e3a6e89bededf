//! Functions as they stand in a text: the interpreter keeps where a closure begins, but not where one without braces ends.

use super::lexer::{Kind, Lexed, Token, lex};
use rhai::Position;
use std::ops::Range;

/// A closure in a text.
#[derive(Debug, PartialEq, Eq)]
struct Closure<'t> {
    /// In bytes, from the first `|` on.
    range: Range<usize>,
    parameters: Vec<&'t str>,
}

/// The text of the closure whose body is at `position`, and the line in which it begins, from 1. Of two around each other it is the one whose `parameters` end with its own: what it has
/// captured stands before them.
pub fn closure_at<'t>(text: &'t str, position: Position, parameters: &[&str]) -> Option<(usize, &'t str)> {
    let place = offset(text, position)?;
    let all = closures(text);
    let around =
        all.iter().filter(|closure| closure.range.contains(&place) && parameters.ends_with(&closure.parameters));
    let Closure { range, .. } = around.min_by_key(|closure| closure.range.len())?;
    Some((line_at(text, range.start), &text[range.clone()]))
}

/// The text of the function `name`, and the line in which it begins, from 1.
pub fn function_named<'t>(text: &'t str, name: &str) -> Option<(usize, &'t str)> {
    let Lexed { tokens, .. } = lex(text);
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    let first = (0..tokens.len()).find(|i| word(*i) == "fn" && word(i + 1) == name)?;
    let open = (first..tokens.len()).find(|i| word(*i) == "{")?;
    let end = end_of(text, &tokens, open, false);
    let start = tokens[first].range.start;
    Some((line_at(text, start), &text[start..end]))
}

/// All functions of this name with the comments in front of them, methods of a type included (`fn Training.run(epochs)`), and the lines in which they begin, from 1.
pub fn functions_named<'t>(text: &'t str, name: &str) -> Vec<(usize, &'t str)> {
    let Lexed { tokens, .. } = lex(text);
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    let is_one = |i: &usize| word(*i) == "fn" && (word(i + 1) == name || word(i + 2) == "." && word(i + 3) == name);
    let found = (0..tokens.len()).filter(is_one).filter_map(|first| {
        let open = (first..tokens.len()).find(|i| word(*i) == "{")?;
        let is_front = |i: &usize| tokens[*i].kind == Kind::Comment || word(*i) == "private";
        let front = (0..first).rev().take_while(is_front).last().unwrap_or(first);
        let line = line_at(text, tokens[first].range.start);
        Some((line, text[tokens[front].range.start..end_of(text, &tokens, open, false)].trim_end()))
    });
    found.collect()
}

fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The byte at a line and a column, which count from 1, in characters. Beyond 65,535 the interpreter does not count.
fn offset(text: &str, position: Position) -> Option<usize> {
    let (line, column) = (position.line()?, position.position()?);
    if line >= usize::from(u16::MAX) || column >= usize::from(u16::MAX) {
        return None;
    }
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let before: usize = text.get(start..)?.chars().take(column - 1).map(char::len_utf8).sum();
    Some(start + before)
}

fn closures(text: &str) -> Vec<Closure<'_>> {
    let tokens: Vec<Token> = lex(text).tokens.into_iter().filter(|token| token.kind != Kind::Comment).collect();
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        // Behind a value `|` is an operator.
        let is_behind_value = i > 0 && {
            let before = &tokens[i - 1];
            matches!(before.kind, Kind::Name | Kind::Number | Kind::Text) && !opens(text, before)
                || [")", "]"].contains(&before.text(text))
        };
        let parameters = match token.text(text) {
            _ if is_behind_value => None,
            "||" => Some((Vec::new(), i + 1)),
            "|" => parameters(text, &tokens, i + 1),
            _ => None,
        };
        let Some((parameters, body)) = parameters.filter(|(_, body)| *body < tokens.len()) else { continue };
        let range = token.range.start..end_of(text, &tokens, body, true);
        found.push(Closure { range, parameters });
    }
    found
}

/// Whether it is the part of a text in backticks behind which code stands: `a ${`.
fn opens(text: &str, token: &Token) -> bool {
    token.kind == Kind::Text && text[token.range.end..].starts_with("${")
}

/// The names up to the second `|`, and where the body begins.
fn parameters<'t>(text: &'t str, tokens: &[Token], first: usize) -> Option<(Vec<&'t str>, usize)> {
    let mut names = Vec::new();
    let mut at = first;
    loop {
        let token = tokens.get(at)?;
        match (token.kind, token.text(text)) {
            (Kind::Symbol, "|") => return Some((names, at + 1)),
            (Kind::Symbol, ",") => {}
            (Kind::Name, name) => names.push(name),
            _ => return None,
        }
        at += 1;
    }
}

/// Where what begins with the token `first` ends: before a comma, a semicolon or the bracket around it; a block, with its brace.
fn end_of(text: &str, tokens: &[Token], first: usize, is_expression: bool) -> usize {
    let is_block = tokens[first].text(text) == "{";
    let mut open = 0_usize;
    let mut end = tokens[first].range.end;
    for token in &tokens[first..] {
        let word = match token.kind {
            Kind::Symbol => token.text(text),
            _ => "",
        };
        match word {
            "," | ";" | "=>" if open == 0 && is_expression => break,
            "(" | "[" | "{" | "#{" | "?[" | "${" => open += 1,
            ")" | "]" | "}" if open == 0 => break,
            ")" | "]" | "}" => open -= 1,
            _ => {}
        }
        end = token.range.end;
        if is_block && open == 0 {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        closures(text).into_iter().map(|closure| &text[closure.range]).collect()
    }

    #[test]
    fn a_closure_ends_where_its_expression_does() {
        for (text, found) in [
            ("let f = |x| x + 1; 2", vec!["|x| x + 1"]),
            ("f(|a, b| a.g(b, 1), || 2)", vec!["|a, b| a.g(b, 1)", "|| 2"]),
            ("#{ s: |s| if s.epoch > 20 { 1 } else { 2 }, t: 1 }", vec!["|s| if s.epoch > 20 { 1 } else { 2 }"]),
            ("[|x| { let y = x; y } , 3]", vec!["|x| { let y = x; y }"]),
            ("let f = |a| |b| a + b // c\n;", vec!["|a| |b| a + b", "|b| a + b"]),
            ("let t = `${f(|x| x, 1)} |y| y`;", vec!["|x| x"]),
            ("let a = b | c; d || e", vec![]),
            ("{ 1 } |x| x", vec!["|x| x"]),
            ("|x| `a ${x + 1} b` + \"c;\"", vec!["|x| `a ${x + 1} b` + \"c;\""]),
            ("if a || b { c } else { f(|| d) }", vec!["|| d"]),
            ("|x", vec![]),
            ("|x|", vec![]),
        ] {
            assert_eq!(all(text), found, "{text}");
        }
    }

    #[test]
    fn of_closures_around_each_other_the_parameters_tell() {
        let text = "let é = 1;\nlet f = |a| |b| a + b;";
        let at = |column| Position::new(2, column);
        assert_eq!(closure_at(text, at(17), &["a", "b"]), Some((2, "|b| a + b")));
        assert_eq!(closure_at(text, at(13), &["a"]), Some((2, "|a| |b| a + b")));
        assert_eq!(closure_at(text, at(1), &["a"]), None);
        assert_eq!(closure_at(text, Position::new(u16::MAX, 1), &["a"]), None);
    }

    #[test]
    fn a_function_ends_with_its_brace() {
        let text = "fn a() { 1 }\n// fn b\nprivate fn b(x) { if x { #{} } }\nfn c() {";
        assert_eq!(function_named(text, "b"), Some((3, "fn b(x) { if x { #{} } }")));
        assert_eq!(function_named(text, "c"), Some((4, "fn c() {")));
        assert_eq!(function_named(text, "d"), None);
        let text = "/// One.\nfn a() { 1 }\nlet x = 1;\nfn a(b) { }\nfn Tensor.a() { 3 }";
        let all = [(2, "/// One.\nfn a() { 1 }"), (4, "fn a(b) { }"), (5, "fn Tensor.a() { 3 }")];
        assert_eq!(functions_named(text, "a"), all);
    }
}
