//! What a terminal keeps between its lines, whichever prompt reads them.

use super::complete::Library;
use super::{editor::Editor, pager, settings::Settings};
use crate::output::pictures;
use crate::script::{Failure, Workspace};
use std::{
    cell::{Cell, RefCell, RefMut},
    path::PathBuf,
    rc::Rc,
};

#[derive(Default)]
pub struct State {
    /// Opened when the first line is read.
    editor: RefCell<Option<Editor>>,
    library: RefCell<Option<Rc<Library>>>,
    /// Files that `:load` has run.
    loaded: RefCell<Vec<PathBuf>>,
    settings: Cell<Option<Settings>>,
}

impl State {
    /// # Errors
    /// A terminal that cannot be used.
    pub fn editor(&self) -> Result<RefMut<'_, Editor>, Failure> {
        let mut editor = self.editor.borrow_mut();
        if editor.is_none() {
            *editor = Some(Editor::open(self.settings().keys)?);
        }
        RefMut::filter_map(editor, Option::as_mut).map_err(|_| Failure::Usage("the prompt failed".into()))
    }

    /// What the interpreter knows of itself.
    pub fn library(&self, workspace: &Workspace<'_, '_>) -> Rc<Library> {
        self.library.borrow_mut().get_or_insert_with(|| Rc::new(Library::of(workspace))).clone()
    }

    /// After the standard library has changed.
    pub fn forget_library(&self) {
        self.library.take();
    }

    pub fn loaded(&self) -> Vec<PathBuf> {
        self.loaded.borrow().clone()
    }

    pub fn note_loaded(&self, file: PathBuf) {
        let mut loaded = self.loaded.borrow_mut();
        if !loaded.contains(&file) {
            loaded.push(file);
        }
    }

    pub fn settings(&self) -> Settings {
        if let Some(settings) = self.settings.get() {
            return settings;
        }
        let settings = Settings::load();
        self.settings.set(Some(settings));
        pictures::want(settings.pictures);
        settings
    }

    pub fn set_settings(&self, settings: Settings) {
        pictures::want(settings.pictures);
        self.settings.set(Some(settings));
        if let Some(editor) = self.editor.borrow_mut().as_mut() {
            editor.set_keys(settings.keys);
        }
    }

    /// Shows what a command says, in the pager where it is long.
    pub fn show(&self, text: &str) {
        pager::show(text, self.settings().pager);
    }

    /// Puts a text into the history that was not typed.
    pub fn remember(&self, text: &str) {
        if let Ok(mut editor) = self.editor() {
            editor.remember(text);
        }
    }
}
