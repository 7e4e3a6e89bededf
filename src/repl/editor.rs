//! The line editor, and what it asks while a line is typed.

use super::complete::{Known, complete};
use super::keys::{self, INDENT};
use super::settings::Keys;
use super::{highlight, history};
use crate::interrupt;
use crate::output::{complain, is_dumb, is_stdout_coloured};
use crate::script::{Failure, input::Reader};
use rustyline::{
    Cmd, CompletionType, Config, Context, EditMode, Event, EventHandler, Helper, KeyCode, KeyEvent, Modifiers,
    completion::{Completer, Pair},
    config::{BellStyle, Configurer},
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
    time::{Duration, Instant},
};

/// Bytes of an input up to which it is coloured: each key draws it anew.
const COLOURED: usize = 20_000;

/// What the user typed.
pub enum Line {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D in what goes on over several lines; it is in the history.
    Left,
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
    pub fn open(keys: Keys) -> Result<Self, Failure> {
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
            hints: is_stdout_coloured(),
            key: Cell::new(None),
            pasted: Cell::new(false),
        }));
        let alt_enter = Event::from(KeyEvent(KeyCode::Enter, Modifiers::ALT));
        editor.bind_sequence(alt_enter, EventHandler::Simple(Cmd::Newline));
        for (key, handler) in keys::bindings() {
            editor.bind_sequence(Event::from(key), EventHandler::Conditional(handler));
        }
        editor.set_edit_mode(mode(keys));
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
        keys::expect_code(true);
        let line = self.read_line(prompt)?;
        if let Line::Text(text) = &line
            && !text.trim().is_empty()
        {
            tell(self.history.add(&mut self.editor, text));
        }
        Ok(line)
    }

    pub fn set_keys(&mut self, keys: Keys) {
        self.editor.set_edit_mode(mode(keys));
    }

    /// All that was typed, the latest last.
    pub fn typed(&self) -> Vec<String> {
        self.editor.history().iter().cloned().collect()
    }

    /// Puts a text into the history that was not typed.
    pub fn remember(&mut self, text: &str) {
        tell(self.history.add(&mut self.editor, text));
    }

    /// Asks a question, to which `y` says yes.
    pub fn confirm(&mut self, question: &str) -> bool {
        self.known.take();
        keys::expect_code(false);
        matches!(self.read_line(&format!("{question} [y/N] ")), Ok(Line::Text(answer)) if answer.trim().eq_ignore_ascii_case("y"))
    }

    fn read_line(&mut self, prompt: &str) -> Result<Line, Failure> {
        keys::note_begun(None);
        let read = interrupt::awaited(|| self.editor.readline(prompt));
        // A closed terminal has no more keys, and its SIGHUP is on its way.
        if interrupt::ending() {
            return Ok(Line::End);
        }
        if read.is_err()
            && let Some(text) = keys::left().filter(|text| !text.trim().is_empty())
        {
            tell(self.history.add(&mut self.editor, text.trim_end()));
            return Ok(Line::Left);
        }
        match read {
            Ok(text) => Ok(Line::Text(text)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(cause) => Err(failed(cause)),
        }
    }
}

fn mode(keys: Keys) -> EditMode {
    match keys {
        Keys::Emacs => EditMode::Emacs,
        Keys::Vi => EditMode::Vi,
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
    /// When the last key came.
    key: Cell<Option<Instant>>,
    /// Whether the one before it came so shortly before that nobody has typed it.
    pasted: Cell<bool>,
}

/// Keys that follow each other sooner are pasted, into a terminal that does not say so.
const TYPED: Duration = Duration::from_millis(5);

/// Bytes of an input up to which it is drawn anew all the same.
const DRAWN: usize = 200;

impl Assistant {
    fn note_key(&self, line: &str) {
        let before = self.key.replace(Some(Instant::now()));
        self.pasted.set(line.len() > DRAWN && before.is_some_and(|before| before.elapsed() < TYPED));
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
        // The editor asks for it with each key.
        self.note_key(line);
        if self.pasted.get()
            || !self.hints
            || line.trim().is_empty()
            || at < line.len()
            || self.known.borrow().is_none()
        {
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
        if line.len() > COLOURED {
            return Cow::Borrowed(line);
        }
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
        // What is pasted is only added at the end: to draw all of the input with each of its characters would be the square of it.
        kind != CmdKind::Other || !self.pasted.get()
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let goes_on = self.known.borrow().is_some() && keys::goes_on(&self.reader, text);
        // A terminal that edits lines itself says nothing else of what is begun.
        keys::note_begun(Some(text).filter(|_| goes_on && is_dumb()));
        Ok(if goes_on { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}
