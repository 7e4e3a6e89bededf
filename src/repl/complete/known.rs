//! What the interpreter knows, and what can be named just now.

use crate::script::{
    Command, Workspace,
    docs::{self, Doc},
    inspect::{self, Member, Variable},
};
use std::{collections::HashMap, rc::Rc};

/// What the interpreter knows of itself; it changes only when the standard library is reloaded.
pub struct Library {
    pub docs: Vec<Doc>,
    pub members: Vec<Member>,
    /// The texts behind the modules.
    pub modules: HashMap<String, Rc<str>>,
}

impl Library {
    pub fn of(workspace: &Workspace<'_, '_>) -> Self {
        let docs = docs::index(workspace.engine);
        let all = |builtin| docs::all_signatures(workspace.engine, builtin);
        let modules = workspace.module_texts();
        let mut members = inspect::members(&all(true), &all(false));
        members.extend(modules.values().flat_map(|text| inspect::methods_in(text)));
        Library { docs, members, modules }
    }
}

/// What can be named just now.
pub struct Known {
    pub library: Rc<Library>,
    pub variables: Vec<Variable>,
    /// Functions that were defined at the prompt or imported.
    pub own: Vec<Doc>,
    /// `:load`, `:quit`, …
    pub commands: Vec<Command>,
    /// The texts of those, the latest first.
    pub texts: Vec<Rc<str>>,
    /// Methods that they define.
    pub methods: Vec<Member>,
}

impl Known {
    /// What can be named just now in `workspace`.
    pub fn of(workspace: &Workspace<'_, '_>, library: &Rc<Library>, commands: Vec<Command>) -> Self {
        let texts = workspace.own_texts();
        Known {
            methods: texts.iter().flat_map(|text| inspect::methods_in(text)).collect(),
            library: library.clone(),
            variables: workspace.variables(),
            own: workspace.own_docs(),
            commands,
            texts,
        }
    }

    /// What a type can do: by functions of Rust, of the standard library and of the session.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.library.members.iter().chain(&self.methods)
    }

    pub fn docs(&self) -> impl Iterator<Item = &Doc> {
        self.own.iter().chain(&self.library.docs)
    }

    /// The texts in which `function` may be defined, the likeliest first.
    pub fn texts_of(&self, function: &str) -> Vec<&str> {
        let module = function.split_once("::").and_then(|(module, _)| self.library.modules.get(module));
        module.into_iter().chain(&self.texts).map(|text| &**text).collect()
    }
}
