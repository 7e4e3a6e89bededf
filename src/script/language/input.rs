//! Whether what was typed at a prompt can be run, or goes on in the next line.

use super::{
    interpreter::parser,
    lexer::{Kind, Open, lex},
    namespaces::compiled,
    syntax,
};
use rhai::{Engine, ParseErrorType, Scope};

/// Knows when an input is complete.
pub struct Reader(Engine);

impl Default for Reader {
    fn default() -> Self {
        Reader(parser())
    }
}

impl Reader {
    /// Whether `text` goes on: a bracket, a string in backticks or a comment is open, or an expression lacks its end. A string in
    /// quotes cannot go on in the next line unless a backslash ends this one, so it is an error at once.
    pub fn goes_on(&self, text: &str) -> bool {
        let lexed = lex(text);
        match lexed.open {
            Some(Open::Comment | Open::Backticks) => return true,
            Some(Open::Quotes) => return text.ends_with('\\'),
            None => {}
        }
        let Err(error) = syntax::with_last(text, || compiled(&self.0, &Scope::new(), text)) else { return false };
        let end = lexed.tokens.iter().rfind(|t| t.kind != Kind::Comment).map_or(0, |t| t.range.end);
        match *error.0 {
            ParseErrorType::UnexpectedEOF => true,
            // `/// …` waits for its function.
            ParseErrorType::WrongDocComment => lexed.code().next().is_none(),
            _ => error.1.line().is_none() || offset(text, error.1).is_some_and(|at| at >= end),
        }
    }

    /// Whether `text` parses as it stands.
    pub fn parses(&self, text: &str) -> bool {
        compiled(&self.0, &Scope::new(), text).is_ok()
    }
}

/// The byte that a place in `text` stands for.
fn offset(text: &str, position: rhai::Position) -> Option<usize> {
    let line: usize = text.split_inclusive('\n').take(position.line()? - 1).map(str::len).sum();
    let column = position.position().unwrap_or(1).saturating_sub(1);
    Some(line + text.get(line..)?.chars().take(column).map(char::len_utf8).sum::<usize>())
}

/// Whether the value of `text` is to be shown: it does not end in `;`.
pub fn shows_value(text: &str) -> bool {
    lex(text).code().next_back().is_none_or(|last| last.text(text) != ";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_goes_on_while_something_is_open() {
        let reader = Reader::default();
        for text in [
            "fn f(x) {",
            "f(1,",
            "[1, 2",
            "let x =",
            "let",
            "1 +",
            "`a",
            "`a ${",
            "/* a",
            "if a",
            "x.",
            "#{ a: 1,",
            "\"a\\",
            "/// Doubles.",
            "fn f()",
            "for x in",
            "let f = |x| {\n  x",
            "switch x {\n  1 => 2,",
            "while true {",
            "x // more\n +",
            "train::fit(net, adam(net), data, #{",
        ] {
            assert!(reader.goes_on(text), "{text}");
        }
        for text in [
            "1",
            "1;",
            "fn f(x) { x }",
            "f(1))",
            "1 2",
            "let x = ;",
            "\"a",
            "`a\nb`",
            "",
            "_ + 1",
            "net.eval()",
            "if a { b }",
            "}",
            "// a",
            "let 1",
            "x = [1, 2]",
            "switch 1 { _ => 2 }",
        ] {
            assert!(!reader.goes_on(text), "{text}");
        }
    }

    #[test]
    fn a_semicolon_at_the_end_hides_the_value() {
        assert!(shows_value("1; 2"));
        assert!(!shows_value("1; // one"));
        assert!(!shows_value("x.f();  "));
    }
}
