//! The loop of a prompt. The session's and those inside a running script share one editor, and so one history.

use super::{
    commands::{self, Flow},
    complete::{Known, Library},
    editor::{Editor, Line},
    help, results,
};
use crate::interrupt;
use crate::output::complain;
use crate::script::{Command, Ended, Failure, Prompt, Workspace};
use std::{
    cell::{RefCell, RefMut},
    path::PathBuf,
    rc::Rc,
};

/// The terminal as a place to ask. Copies are the same.
#[derive(Clone, Default)]
pub struct Console(Rc<Inner>);

#[derive(Default)]
struct Inner {
    /// Opened when the first line is read.
    editor: RefCell<Option<Editor>>,
    library: RefCell<Option<Rc<Library>>>,
    /// Files that `:load` has run.
    loaded: RefCell<Vec<PathBuf>>,
}

impl Console {
    fn editor(&self) -> Result<RefMut<'_, Editor>, Failure> {
        let mut editor = self.0.editor.borrow_mut();
        if editor.is_none() {
            *editor = Some(Editor::open()?);
        }
        RefMut::filter_map(editor, Option::as_mut).map_err(|_| Failure::Usage("the prompt failed".into()))
    }

    /// What the interpreter knows of itself.
    pub(super) fn library(&self, workspace: &Workspace<'_, '_>) -> Rc<Library> {
        self.0.library.borrow_mut().get_or_insert_with(|| Rc::new(Library::of(workspace))).clone()
    }

    /// After the standard library has changed.
    pub(super) fn forget_library(&self) {
        self.0.library.take();
    }

    pub(super) fn loaded(&self) -> Vec<PathBuf> {
        self.0.loaded.borrow().clone()
    }

    pub(super) fn note_loaded(&self, file: PathBuf) {
        let mut loaded = self.0.loaded.borrow_mut();
        if !loaded.contains(&file) {
            loaded.push(file);
        }
    }

    /// Puts a text into the history that was not typed.
    pub(super) fn remember(&self, text: &str) {
        if let Ok(mut editor) = self.editor() {
            editor.remember(text);
        }
    }
}

impl Prompt for Console {
    fn ask(&self, text: &str, workspace: &mut Workspace<'_, '_>, own: &[Command]) -> Result<Ended, Failure> {
        interrupt::clear();
        let names: Vec<&str> = commands::TABLE.iter().chain(own).map(|c| c.name).collect();
        loop {
            interrupt::settle();
            let known = Known::of(workspace, &self.library(workspace), names.clone());
            let line = self.editor()?.read(text, known)?;
            let line = match line {
                Line::Text(line) => line,
                Line::Interrupted => {
                    if interrupt::note() {
                        if self.editor()?.confirm("Leave the prompt? What is not saved is lost.") {
                            return Ok(Ended::Quit);
                        }
                        interrupt::forget();
                        continue;
                    }
                    complain("(Ctrl-C again, or Ctrl-D, leaves the prompt)");
                    continue;
                }
                Line::End => return Ok(Ended::Quit),
            };
            let line = line.trim();
            if let Some(command) = line.strip_prefix(':') {
                match commands::obey(self, text, workspace, command, own) {
                    Flow::GoOn => {}
                    Flow::End(ended) => return Ok(ended),
                }
            } else if is_farewell(workspace, line) {
                return Ok(Ended::Quit);
            } else if let Some(name) = help::asked(line) {
                help::show(self, workspace, name, own);
            } else if !line.is_empty() {
                results::run(workspace, text, line, false);
            }
            interrupt::clear();
        }
    }
}

/// Whether this is what leaves other prompts, and no variable.
fn is_farewell(workspace: &Workspace<'_, '_>, line: &str) -> bool {
    let word = line.trim_end_matches(';').trim_end_matches("()");
    ["exit", "quit"].contains(&word) && !workspace.variables().iter().any(|v| v.name == word)
}
