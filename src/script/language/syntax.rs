//! Where the language differs from plain Rhai.

use super::lexer::{Kind, Lexed, lex};
use rhai::{Engine, LexError, Token};
use std::cell::{Cell, RefCell};

/// The variable that a prompt's `_` stands for.
pub const LAST: &str = "_";

/// What `Fn` is read as.
pub const FUNCTION: &str = "fn_named";

thread_local! {
    /// Where `_` is the last value in the text that is being parsed: lines and columns from 1.
    static LAST_AT: RefCell<Vec<(usize, usize)>> = const { RefCell::new(Vec::new()) };
}

/// Rhai keeps the word `eval` for itself and refuses `net.eval()`, which everyone who knows PyTorch writes: behind a
/// dot the word is read as `eval_mode`. Its `Fn("name")` leaves open whose function of this name is meant, where that of ours takes the one of
/// its own text. And it takes `_` for a pattern of `switch` alone; at a prompt it is a variable.
pub fn extend(engine: &mut Engine) {
    let behind_dot = Cell::new(false);
    #[allow(deprecated, reason = "not deprecated but marked volatile; rhai is pinned")]
    engine.on_parse_token(move |token, position, _| {
        let was_dot = behind_dot.replace(token == Token::Period);
        match token {
            Token::Identifier(name) | Token::Reserved(name) if was_dot && name.as_str() == "eval" => {
                Token::Identifier(Box::new("eval_mode".into()))
            }
            Token::Identifier(name) | Token::Reserved(name) if !was_dot && name.as_str() == "Fn" => {
                Token::Identifier(Box::new(FUNCTION.into()))
            }
            // rhai's parser panics over the word of a statement of our own behind a dot, as in `x.pause.y()`.
            Token::Identifier(word) | Token::Custom(word) | Token::Reserved(word)
                if was_dot && word.as_str() == "pause" =>
            {
                let why = format!("`{word}` is a statement, not the name of a property or method");
                Token::LexError(Box::new(LexError::ImproperSymbol(word.to_string(), why)))
            }
            Token::Underscore => {
                let at = (position.line().unwrap_or(0), position.position().unwrap_or(0));
                match LAST_AT.with_borrow(|places| places.contains(&at)) {
                    true => Token::Identifier(Box::new(LAST.into())),
                    false => Token::Underscore,
                }
            }
            other => other,
        }
    });
}

/// Runs `parse` so that `_` in `text` is the last value.
pub fn with_last<T>(text: &str, parse: impl FnOnce() -> T) -> T {
    let place = |start: usize| {
        let before = &text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    };
    LAST_AT.set(last_ranges(text, &lex(text)).into_iter().map(|range| place(range.start)).collect());
    let parsed = parse();
    LAST_AT.take();
    parsed
}

/// Where `_` is a value in `text`: not as the pattern of a `switch`, nor as a closure's parameter.
pub fn last_ranges(text: &str, lexed: &Lexed) -> Vec<std::ops::Range<usize>> {
    let code: Vec<_> = lexed.code().collect();
    let word = |i: Option<usize>| i.and_then(|i| code.get(i)).map_or("", |t| t.text(text));
    let is_value = |i: usize| {
        let (before, behind) = (word(i.checked_sub(1)), word(Some(i + 1)));
        let is_pattern = ["=>", "if"].contains(&behind);
        let is_parameter = before == "|" && ["|", ","].contains(&behind);
        !is_pattern && !is_parameter
    };
    let underscores = code.iter().enumerate().filter(|(_, t)| t.kind == Kind::Name && t.text(text) == LAST);
    underscores.filter(|(i, _)| is_value(*i)).map(|(_, t)| t.range.clone()).collect()
}
