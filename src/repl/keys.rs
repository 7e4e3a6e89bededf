//! Keys that do something else where an input goes on over several lines.

use super::argument::begun_code;
use crate::script::{
    input::Reader,
    lexer::{Kind, lex},
};
use rustyline::{
    Cmd, ConditionalEventHandler, EditMode, Event, EventContext, InputMode, KeyCode, KeyEvent, Modifiers, Movement,
    RepeatCount,
};
use std::cell::{Cell, RefCell};

/// How many spaces a step of indentation has.
pub const INDENT: u8 = 4;

thread_local! {
    // Handlers are asked for by all threads, and can hold nothing of one.
    static READER: Reader = Reader::default();
    /// Whether what is typed is code, and no answer to a question.
    static IS_CODE: Cell<bool> = const { Cell::new(true) };
    /// What was begun and left.
    static LEFT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Says whether what is typed from here on is code.
pub fn expect_code(is_code: bool) {
    IS_CODE.set(is_code);
}

/// What was begun and left with Ctrl-D since this was asked last.
pub fn left() -> Option<String> {
    LEFT.take()
}

/// What is begun, as far as it can be told where the terminal edits lines itself.
pub fn note_begun(text: Option<&str>) {
    LEFT.set(text.map(str::to_string));
}

/// The keys and what they do.
pub fn bindings() -> Vec<(KeyEvent, Box<dyn ConditionalEventHandler>)> {
    let key = |code, modifiers| KeyEvent(code, modifiers);
    vec![
        (key(KeyCode::Tab, Modifiers::NONE), Box::new(Indent)),
        (key(KeyCode::Enter, Modifiers::NONE), Box::new(Enter)),
        (key(KeyCode::Backspace, Modifiers::NONE), Box::new(Back)),
        (KeyEvent::ctrl('D'), Box::new(Leave)),
    ]
}

/// Whether Enter begins a new line. An empty line twice runs the input whatever is open.
pub fn goes_on(reader: &Reader, text: &str) -> bool {
    let code = begun_code(text).unwrap_or(text);
    let mut lines = text.rsplit('\n').map(str::trim);
    let insists = lines.next() == Some("") && lines.next() == Some("");
    !insists && !code.starts_with([':', '?']) && reader.goes_on(code)
}

/// The line that the cursor is in, as far as it.
fn line_before<'c>(context: &'c EventContext<'_>) -> &'c str {
    context.line()[..context.pos()].rsplit('\n').next().unwrap_or_default()
}

fn is_typing(context: &EventContext<'_>) -> bool {
    context.mode() == EditMode::Emacs || context.input_mode() == InputMode::Insert
}

/// Tab at the beginning of a line indents it, as it must where a text is pasted as if it were typed; elsewhere it completes.
struct Indent;

impl ConditionalEventHandler for Indent {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        line_before(context).trim().is_empty().then(|| Cmd::Insert(1, " ".repeat(INDENT.into())))
    }
}

/// Enter, where the input goes on: the next line begins as far to the right as what is open stands.
struct Enter;

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let text = context.line();
        let goes_on = || READER.with(|reader| goes_on(reader, text));
        let here = IS_CODE.get() && context.pos() == text.len() && is_typing(context);
        (here && goes_on()).then(|| Cmd::Insert(1, format!("\n{}", " ".repeat(indentation(text)))))
    }
}

/// Backspace behind nothing but spaces goes back a step.
struct Back;

impl ConditionalEventHandler for Back {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let before = line_before(context);
        let step = usize::from(INDENT);
        let is_blank = !before.is_empty() && before.len().is_multiple_of(step) && before.chars().all(|c| c == ' ');
        let is_end = context.pos() == context.line().len();
        (is_typing(context) && is_blank && is_end).then_some(Cmd::Dedent(Movement::WholeLine))
    }
}

/// Ctrl-D at the end of what goes on over several lines leaves it.
struct Leave;

impl ConditionalEventHandler for Leave {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let text = context.line();
        let is_begun = text.contains('\n') && context.pos() == text.len();
        is_begun.then(|| {
            LEFT.set(Some(text.to_string()));
            Cmd::Interrupt
        })
    }
}

/// How far to the right the line begins that comes after `text`: a step for each bracket that is open; in a text or comment, not at all.
fn indentation(text: &str) -> usize {
    let lexed = lex(text);
    if lexed.open.is_some() {
        return 0;
    }
    let depth = lexed.tokens.iter().filter(|t| t.kind == Kind::Symbol).fold(0_usize, |depth, t| match t.text(text) {
        "(" | "[" | "{" | "#{" | "${" | "?[" => depth + 1,
        ")" | "]" | "}" => depth.saturating_sub(1),
        _ => depth,
    });
    depth * usize::from(INDENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_as_far_to_the_right_as_brackets_are_open() {
        for (text, spaces) in
            [("fn f(x) {", 4), ("f(#{ a: [", 12), ("if a { b }\nelse {", 4), ("`a {", 0), ("let x =", 0), ("}}", 0)]
        {
            assert_eq!(indentation(text), spaces, "{text}");
        }
    }

    #[test]
    fn an_empty_line_twice_runs_what_is_open() {
        let reader = Reader::default();
        for (text, open) in [
            ("f(", true),
            ("f(\n", true),
            ("f(\n    \n    ", false),
            ("f(\n\n", false),
            ("f(1)", false),
            (":load (", false),
            (":time f(", true),
            (":bench f(", true),
            ("", false),
        ] {
            assert_eq!(goes_on(&reader, text), open, "{text:?}");
        }
    }
}
