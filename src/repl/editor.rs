//! The line editor, and what it asks while a line is typed.

use super::argument::{Argument, begun};
use super::complete::{Known, complete};
use super::{highlight, history};
use crate::interrupt;
use crate::output::{complain, is_plain};
use crate::script::{Command, Failure, input::Reader};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers, RepeatCount,
    completion::{Completer, Pair},
    config::BellStyle,
    error::ReadlineError,
    highlight::{CmdKind, Highlighter},
    hint::{Hint, Hinter},
    history::{DefaultHistory, SearchDirection},
    validate::{ValidationContext, ValidationResult, Validator},
};
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
};

/// How many spaces a step of indentation has.
const INDENT: u8 = 4;

/// What the user typed.
pub enum Line {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D.
    End,
}

pub struct Editor {
    editor: rustyline::Editor<Assistant, DefaultHistory>,
    history: history::History,
    known: Rc<RefCell<Option<Known>>>,
}

impl Editor {
    /// # Errors
    /// A terminal that cannot be used.
    pub fn open() -> Result<Self, Failure> {
        let config = Config::builder()
            .max_history_size(history::LENGTH)
            .map_err(failed)?
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .bell_style(BellStyle::None)
            .tab_stop(INDENT)
            .indent_size(INDENT)
            .build();
        let known = Rc::default();
        let mut editor = rustyline::Editor::with_config(config).map_err(failed)?;
        editor.set_helper(Some(Assistant {
            known: Rc::clone(&known),
            reader: Reader::default(),
            marks: Cell::new(true),
            hints: !is_plain(),
        }));
        let alt_enter = Event::from(KeyEvent(KeyCode::Enter, Modifiers::ALT));
        editor.bind_sequence(alt_enter, EventHandler::Simple(Cmd::Newline));
        let tab = Event::from(KeyEvent(KeyCode::Tab, Modifiers::NONE));
        editor.bind_sequence(tab, EventHandler::Conditional(Box::new(Indent)));
        let (history, note) = history::History::load(&mut editor);
        tell(note);
        Ok(Editor { editor, history, known })
    }

    /// Reads an input, which `known` helps to complete. It goes into the history.
    ///
    /// # Errors
    /// A terminal that cannot be read.
    pub fn read(&mut self, prompt: &str, known: Known) -> Result<Line, Failure> {
        self.known.replace(Some(known));
        let line = self.read_line(prompt)?;
        if let Line::Text(text) = &line
            && !text.trim().is_empty()
        {
            tell(self.history.add(&mut self.editor, text));
        }
        Ok(line)
    }

    /// Puts a text into the history that was not typed.
    pub fn remember(&mut self, text: &str) {
        tell(self.history.add(&mut self.editor, text));
    }

    /// Asks a question, to which `y` says yes.
    pub fn confirm(&mut self, question: &str) -> bool {
        self.known.take();
        matches!(self.read_line(&format!("{question} [y/N] ")), Ok(Line::Text(answer)) if answer.trim().eq_ignore_ascii_case("y"))
    }

    fn read_line(&mut self, prompt: &str) -> Result<Line, Failure> {
        match interrupt::awaited(|| self.editor.readline(prompt)) {
            // A closed terminal has no more keys, and its SIGHUP is on its way.
            _ if interrupt::ending() => Ok(Line::End),
            Ok(text) => Ok(Line::Text(text)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(cause) => Err(failed(cause)),
        }
    }
}

fn failed(cause: ReadlineError) -> Failure {
    Failure::Usage(format!("the prompt failed: {cause}"))
}

fn tell(note: Option<String>) {
    if let Some(note) = note {
        complain(&format!("note: {note}"));
    }
}

struct Assistant {
    /// `None` while a question is asked, whose answer is no code.
    known: Rc<RefCell<Option<Known>>>,
    reader: Reader,
    /// Whether brackets are marked: not in a line that is done.
    marks: Cell<bool>,
    /// Whether hints are shown: without colours they would look like what was typed.
    hints: bool,
}

/// Tab at the beginning of a line indents it, as it must where a text is pasted as if it were typed; elsewhere it completes.
struct Indent;

impl ConditionalEventHandler for Indent {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let before = context.line()[..context.pos()].rsplit('\n').next().unwrap_or_default();
        before.trim().is_empty().then(|| Cmd::Insert(1, " ".repeat(INDENT.into())))
    }
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let known = self.known.borrow();
        let Some(known) = &*known else { return Ok((at, Vec::new())) };
        let (start, found) = complete(known, line, at);
        Ok((start, found.into_iter().map(|c| Pair { display: c.shown, replacement: c.text }).collect()))
    }
}

/// The rest of an input of before that began like this one.
struct Earlier {
    /// Its first line.
    shown: String,
    whole: String,
}

impl Hint for Earlier {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        Some(&self.whole)
    }
}

impl Hinter for Assistant {
    type Hint = Earlier;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<Earlier> {
        if !self.hints || line.trim().is_empty() || at < line.len() || self.known.borrow().is_none() {
            return None;
        }
        let history = context.history();
        let latest = context.history_index().min(history.len().checked_sub(1)?);
        let found = history.starts_with(line, latest, SearchDirection::Reverse).ok()??;
        let whole = found.entry.get(line.len()..).filter(|rest| !rest.is_empty())?.to_string();
        let shown = match whole.split_once('\n') {
            Some((first, _)) => format!("{first} …"),
            None => whole.clone(),
        };
        Some(Earlier { shown, whole })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, at: usize) -> Cow<'l, str> {
        highlight::line(line, self.marks.get().then_some(at))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Owned(highlight::prompt(prompt))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(highlight::hint(hint))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.marks.set(kind != CmdKind::ForcedRefresh);
        true
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let known = self.known.borrow();
        let goes_on = known.as_ref().is_some_and(|known| goes_on(&self.reader, &known.commands, text));
        Ok(if goes_on { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

/// Whether Enter begins a new line. An empty line twice runs the input whatever is open.
fn goes_on(reader: &Reader, commands: &[Command], text: &str) -> bool {
    let code = match begun(commands, text) {
        Some((Argument::Code, code)) => code,
        _ => text,
    };
    let mut lines = text.rsplit('\n').map(str::trim);
    let insists = lines.next() == Some("") && lines.next() == Some("");
    !insists && !code.starts_with([':', '?']) && reader.goes_on(code)
}

#[cfg(test)]
mod tests {
    use super::super::commands::{TABLE, listed};
    use super::*;

    #[test]
    fn an_empty_line_twice_runs_what_is_open() {
        let (reader, commands) = (Reader::default(), listed(TABLE, &[]));
        for (text, open) in [
            ("f(", true),
            ("f(\n", true),
            ("f(\n\n", false),
            ("f(1)", false),
            (":load (", false),
            (":time f(", true),
            ("", false),
        ] {
            assert_eq!(goes_on(&reader, &commands, text), open, "{text:?}");
        }
    }
}
