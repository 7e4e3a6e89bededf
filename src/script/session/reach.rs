//! What is in reach of the lines of a workspace: its variables, and the texts behind its functions.

use super::{
    literal::{assigned, literal},
    workspace::Workspace,
};
use crate::script::{
    api::handles::KINDS,
    help::{
        docs::Doc,
        inspect::{self, Variable},
        size::{self, Measure},
    },
};
use rhai::FnPtr;
use std::{collections::HashMap, rc::Rc};

impl Workspace<'_, '_> {
    pub fn variables(&self) -> Vec<Variable> {
        inspect::variables(self.engine, KINDS, self.scope)
    }

    pub fn measure(&self) -> Vec<Measure> {
        let mut all = size::measure(self.engine, KINDS, self.scope);
        for lives in &self.lives {
            all.iter_mut().filter(|m| m.name == lives.name).for_each(|m| m.place.clone_from(&lives.place));
        }
        all
    }

    /// Those variables to which `text` gives a value, with the values in Rhai, where that can be written down: numbers, texts, arrays
    /// and maps of them.
    pub fn left_by(&self, text: &str) -> Vec<(String, String)> {
        let names = assigned(text).into_iter();
        names.filter_map(|name| self.scope.get(&name).and_then(literal).map(|value| (name, value))).collect()
    }

    /// The functions that were defined here or come from imported files, which the engine does not know.
    pub fn own_docs(&self) -> Vec<Doc> {
        self.defined.docs(self.engine)
    }

    /// Where a function that a script defines stands, `stdlib/schedule/step.rhai:24`.
    pub fn defined_at(&self, name: &str) -> Option<String> {
        match name.rsplit_once("::") {
            Some((module, function)) => self.sources.defined_at(function, Some(module)),
            None => self.sources.defined_at(name, None),
        }
    }

    /// The texts of all functions of a name (`schedule::step`, `f`), each with its place, and of the closure in a variable.
    pub fn source_of(&self, name: &str) -> Vec<(String, String)> {
        let closure =
            self.scope.get(name).and_then(|value| value.read_lock::<FnPtr>().map(|f| f.fn_name().to_string()));
        if let Some((text, place, _)) = closure.and_then(|function| self.sources.text_of(&function)) {
            return vec![(place, text)];
        }
        match name.rsplit_once("::") {
            Some((module, function)) => self.sources.definitions(function, Some(module)),
            None => self.sources.definitions(name, None),
        }
    }

    /// A value in one line of so many columns.
    pub fn brief(&self, name: &str, columns: usize) -> String {
        let shown = self.scope.get(name).map(|value| self.show_within(value, usize::MAX)).unwrap_or_default();
        console::truncate_str(shown.lines().next().unwrap_or_default(), columns, "…").into_owned()
    }

    /// The texts behind the modules of the standard library.
    pub fn module_texts(&self) -> HashMap<String, Rc<str>> {
        self.sources.module_texts()
    }

    /// The texts of everything else that was run here, the latest first.
    pub fn own_texts(&self) -> Vec<Rc<str>> {
        self.sources.own_texts()
    }
}
