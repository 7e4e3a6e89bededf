//! Completion: what can stand at the cursor.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `context` | what is being typed: a name, a member, an option, a file |
//! | `types` | the type of the expression in front of a dot |
//! | `options` | the options that a function takes, from its text and its documentation |
//! | `files` | names of files |

mod context;
mod files;
mod options;
mod types;

use crate::script::{
    Workspace,
    docs::{self, Doc},
    inspect::{self, Member, Variable},
    lexer::KEYWORDS,
};
use context::{Context, Target};
use options::options_of;
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
        let members = inspect::members(&all(true), &all(false));
        Library { docs, members, modules: workspace.module_texts() }
    }
}

/// What can be named just now.
pub struct Known {
    pub library: Rc<Library>,
    pub variables: Vec<Variable>,
    /// Functions that were defined at the prompt or imported.
    pub own: Vec<Doc>,
    /// `load`, `quit`, …
    pub commands: Vec<&'static str>,
    /// The texts of those, the latest first.
    pub texts: Vec<Rc<str>>,
}

impl Known {
    /// What can be named just now in `workspace`.
    pub fn of(workspace: &Workspace<'_, '_>, library: &Rc<Library>, commands: Vec<&'static str>) -> Self {
        Known {
            library: library.clone(),
            variables: workspace.variables(),
            own: workspace.own_docs(),
            commands,
            texts: workspace.own_texts(),
        }
    }

    pub fn docs(&self) -> impl Iterator<Item = &Doc> {
        self.own.iter().chain(&self.library.docs)
    }

    /// The texts in which `function` may be defined, the likeliest first.
    fn texts_of(&self, function: &str) -> Vec<&str> {
        let module = function.split_once("::").and_then(|(module, _)| self.library.modules.get(module));
        module.into_iter().chain(&self.texts).map(|text| &**text).collect()
    }
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As it is listed.
    pub shown: String,
    /// What takes the place of the word that was begun.
    pub text: String,
}

fn candidate(text: impl Into<String>) -> Candidate {
    let text = text.into();
    Candidate { shown: text.clone(), text }
}

/// Where the word at `at` begins, and what could stand there.
pub fn complete(known: &Known, line: &str, at: usize) -> (usize, Vec<Candidate>) {
    let Context { start, word, target } = context::at(line, at);
    let mut found = match target {
        Target::Command => known.commands.iter().map(|name| candidate(format!(":{name}"))).collect(),
        Target::File => files::names(&word),
        Target::FunctionName => known.docs().map(|d| candidate(&d.name)).collect(),
        Target::ModuleMember(module) => members_of_module(known, &module),
        Target::Member(chain) => members(known, &chain),
        Target::Option { function, given } => options(known, &function, &given),
        Target::Name => names(known),
        Target::Nothing => Vec::new(),
    };
    found.retain(|c| c.text.starts_with(&word));
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.dedup();
    (start, found)
}

fn called(name: &str) -> Candidate {
    candidate(format!("{name}("))
}

fn names(known: &Known) -> Vec<Candidate> {
    let variables = known.variables.iter().map(|v| candidate(&v.name));
    // A property is no function.
    let is_function = |d: &&Doc| d.signatures.iter().any(|s| s.contains('('));
    let plain = known.docs().filter(|d| !d.name.contains("::")).filter(is_function).map(|d| called(&d.name));
    let modules =
        known.docs().filter_map(|d| d.name.split_once("::")).map(|(module, _)| candidate(format!("{module}::")));
    let keywords = KEYWORDS.iter().map(|k| candidate(*k));
    variables.chain(plain).chain(modules).chain(keywords).collect()
}

fn members_of_module(known: &Known, module: &str) -> Vec<Candidate> {
    let name = |d: &Doc| d.name.strip_prefix(module)?.strip_prefix("::").map(called);
    known.docs().filter_map(name).collect()
}

fn members(known: &Known, chain: &[context::Link]) -> Vec<Candidate> {
    let owner = types::of_chain(known, chain);
    let fields = owner.fields.iter().map(|field| candidate(&field.name));
    let fits = |m: &&Member| match owner.kind.as_str() {
        // Nothing is known of it: all that anything has.
        "" => !m.of.is_empty(),
        kind => m.of == kind,
    };
    let methods = known.library.members.iter().filter(fits).filter(|m| m.name != "to_debug");
    let methods = methods.map(|m| if m.is_property { candidate(&m.name) } else { called(&m.name) });
    fields.chain(methods).collect()
}

fn options(known: &Known, function: &str, given: &[String]) -> Vec<Candidate> {
    let docs: Vec<&Doc> = known.docs().collect();
    let names = options_of(&docs, function, &known.texts_of(function));
    names.into_iter().filter(|name| !given.contains(name)).map(|name| candidate(format!("{name}: "))).collect()
}

#[cfg(test)]
mod tests;
