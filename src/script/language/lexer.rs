//! Rhai's text in pieces, whole or still being typed: for colours, completion, and to see what is open at the end.
//!
//! The interpreter's own tokenizer gives up at the first thing that it does not understand and leaves comments out.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Comment,
    /// A string or the literal part of one, quotes included.
    Text,
    Number,
    Keyword,
    Name,
    /// Brackets, operators, `;`: one of them.
    Symbol,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    /// In bytes.
    pub range: Range<usize>,
}

impl Token {
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.range.clone()]
    }
}

/// What is not closed where a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    Comment,
    /// A string in backticks, which may have several lines.
    Backticks,
    /// A string in quotes.
    Quotes,
}

/// The words that are no names.
pub const KEYWORDS: &[&str] = &[
    "as", "break", "catch", "const", "continue", "do", "else", "export", "false", "fn", "for", "global", "if",
    "import", "in", "let", "loop", "private", "return", "switch", "this", "throw", "true", "try", "until", "while",
];

/// Operators of two or three characters, the longest first.
const OPERATORS: &[&str] = &[
    "..=", "**=", "<<=", ">>=", "!in", "#{", "::", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "?[", "**",
    "+=", "-=", "*=", "/=", "%=", "<<", ">>", "&=", "|=", "^=", "..",
];

pub struct Lexed {
    pub tokens: Vec<Token>,
    /// What the text's last token leaves open.
    pub open: Option<Open>,
}

impl Lexed {
    /// The tokens that are no comments.
    pub fn code(&self) -> impl DoubleEndedIterator<Item = &Token> {
        self.tokens.iter().filter(|t| t.kind != Kind::Comment)
    }
}

pub fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), open: None, inside: Vec::new() };
    while lexer.at < text.len() && lexer.open.is_none() {
        lexer.next();
    }
    // Inside `${…}` the string around it is open.
    let open = lexer.open.or((!lexer.inside.is_empty()).then_some(Open::Backticks));
    Lexed { tokens: lexer.tokens, open }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    open: Option<Open>,
    /// For each `${` that is open, how many `{` are open in it.
    inside: Vec<usize>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, range: self.at..self.at + length });
        self.at += length;
    }

    /// The length of the characters in front that are all `wanted`.
    fn run(&self, wanted: impl Fn(char) -> bool) -> usize {
        self.rest().find(|c| !wanted(c)).unwrap_or(self.rest().len())
    }

    fn next(&mut self) {
        let mut chars = self.rest().chars();
        let (Some(first), second) = (chars.next(), chars.next()) else { return };
        match first {
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '/' if second == Some('/') => self.push(Kind::Comment, self.run(|c| c != '\n')),
            '/' if second == Some('*') => self.block_comment(),
            '"' => self.quoted('"', Open::Quotes),
            '\'' => self.character(),
            '`' => self.backticks(1),
            '}' if self.inside.last() == Some(&0) => {
                self.inside.pop();
                self.push(Kind::Symbol, 1);
                self.backticks(0);
            }
            c if c.is_ascii_digit() => self.number(),
            c if c.is_alphanumeric() || c == '_' => {
                let length = self.run(|c| c.is_alphanumeric() || c == '_');
                let keyword = KEYWORDS.contains(&&self.rest()[..length]);
                self.push(if keyword { Kind::Keyword } else { Kind::Name }, length);
            }
            c => self.symbol(c),
        }
    }

    fn symbol(&mut self, first: char) {
        let operator = OPERATORS.iter().find(|o| self.rest().starts_with(**o)).map(|o| o.len());
        let length = operator.unwrap_or(first.len_utf8());
        let ends_in_brace = self.rest()[..length].ends_with('{');
        if let Some(depth) = self.inside.last_mut() {
            *depth += usize::from(ends_in_brace);
            *depth -= usize::from(first == '}');
        }
        self.push(Kind::Symbol, length);
    }

    /// `1`, `0xff`, `1.5e-3`, but `1..5` and `1.max(2)` begin with `1`.
    fn number(&mut self) {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let mut length = self.run(word);
        let rest = self.rest();
        if rest[length..].starts_with('.') && rest[length + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            length += 1 + rest[length + 1..].find(|c| !word(c)).unwrap_or(rest.len() - length - 1);
        }
        let exponent = rest[..length].ends_with(['e', 'E']) && !rest.starts_with("0x");
        if exponent && rest[length..].starts_with(['+', '-']) {
            length += 1 + rest[length + 1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - length - 1);
        }
        self.push(Kind::Number, length);
    }

    /// Block comments stand in each other.
    fn block_comment(&mut self) {
        let (mut depth, mut length) = (0_usize, 0);
        let bytes = self.rest().as_bytes();
        while length < bytes.len() {
            match &bytes[length..] {
                [b'/', b'*', ..] => (depth, length) = (depth + 1, length + 2),
                [b'*', b'/', ..] => (depth, length) = (depth - 1, length + 2),
                _ => length += 1,
            }
            if depth == 0 {
                return self.push(Kind::Comment, length);
            }
        }
        self.open = Some(Open::Comment);
        self.push(Kind::Comment, length);
    }

    /// A string in quotes ends with its line, unless a backslash stands there.
    fn quoted(&mut self, quote: char, open: Open) {
        let mut escaped = false;
        for (i, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => return self.push(Kind::Text, i),
                c if c == quote => return self.push(Kind::Text, i + 1),
                _ => {}
            }
        }
        self.open = Some(open);
        self.push(Kind::Text, self.rest().len());
    }

    /// `'a'`, `'\n'`; a quote that begins nothing stands alone.
    fn character(&mut self) {
        let body = &self.rest()[1..];
        let length = match body.chars().next() {
            Some('\\') => body[1..].chars().next().and_then(|c| body[1 + c.len_utf8()..].find('\'')).map(|i| i + 4),
            Some(c) => body[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2),
            None => None,
        };
        match length.filter(|length| self.rest().is_char_boundary(*length)) {
            Some(length) => self.push(Kind::Text, length),
            None => self.push(Kind::Symbol, 1),
        }
    }

    /// The literal part of a string in backticks, `skip` bytes of which are its opening quote.
    fn backticks(&mut self, skip: usize) {
        let bytes = self.rest().as_bytes();
        let mut i = skip;
        while i < bytes.len() {
            match &bytes[i..] {
                [b'`', b'`', ..] => i += 2,
                [b'`', ..] => return self.push(Kind::Text, i + 1),
                [b'$', b'{', ..] => {
                    self.push(Kind::Text, i);
                    self.push(Kind::Symbol, 2);
                    return self.inside.push(0);
                }
                _ => i += 1,
            }
        }
        self.open = Some(Open::Backticks);
        self.push(Kind::Text, i);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(Kind, &str)> {
        lex(text).tokens.iter().map(|t| (t.kind, t.text(text))).collect()
    }

    #[test]
    fn a_text_comes_apart_into_words_numbers_strings_and_symbols() {
        use Kind::*;
        let expected =
            [(Keyword, "let"), (Name, "x"), (Symbol, "="), (Number, "1.5e-3"), (Symbol, ";"), (Comment, "// c")];
        assert_eq!(words("let x = 1.5e-3; // c"), expected);
        assert_eq!(words("1..5"), [(Number, "1"), (Symbol, ".."), (Number, "5")]);
        assert_eq!(words("7.abs()")[..2], [(Number, "7"), (Symbol, ".")]);
        assert_eq!(words(r#"f("a\"b", '\n')"#)[2..5], [(Text, r#""a\"b""#), (Symbol, ","), (Text, r"'\n'")]);
        assert_eq!(words("a /* 1 /* 2 */ 3 */ b")[1], (Comment, "/* 1 /* 2 */ 3 */"));
    }

    #[test]
    fn what_stands_in_a_string_is_code_and_the_string_goes_on_behind_it() {
        use Kind::*;
        let text = "`a ${#{ b: `${c}` }.b} d`";
        let kinds = words(text);
        assert_eq!(kinds[0], (Text, "`a "));
        assert_eq!(kinds.last(), Some(&(Text, " d`")));
        assert!(kinds.contains(&(Name, "c")));
        assert_eq!(lex(text).open, None);
    }

    #[test]
    fn what_is_open_at_the_end_is_known() {
        for (text, open) in [
            ("1 + 2", None),
            ("`a\nb", Some(Open::Backticks)),
            ("`a ${b", Some(Open::Backticks)),
            ("x /* y", Some(Open::Comment)),
            ("\"abc", Some(Open::Quotes)),
            ("\"abc\nd", None),
            ("'", None),
            ("'\\", None),
            ("`a``b`", None),
        ] {
            assert_eq!(lex(text).open, open, "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_fail() {
        let all = "let x = `a ${b + #{c: '\\u{41}'}.c} é` /* /* */ \"q\\\"\n";
        for (end, _) in all.char_indices() {
            for (start, _) in all[..end].char_indices() {
                let tokens = lex(&all[start..end]).tokens;
                assert!(tokens.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            }
        }
    }
}
