//! All that is found in a script, and in what it imports.

use super::facts::Facts;
use super::findings::{IMPORT, SYNTAX, kind::Finding};
use super::known::Known;
use super::lines::{Allowed, escapes};
use super::shown;
use super::walk::Walk;
use crate::access;
use crate::script::base::guard::caught;
use crate::script::help::explain;
use crate::script::language::{
    lexer::lex,
    namespaces::compiled,
    resolver::Resolver,
    sources::{Sources, plain},
};
use rhai::{AST, Engine, EvalAltResult, Position, Scope, Shared};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What was found in one text.
pub struct Checked {
    /// Its name in messages.
    pub name: String,
    text: String,
    findings: Vec<Finding>,
}

impl Checked {
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.kind.is_error()).count()
    }

    pub fn warnings(&self) -> usize {
        self.findings.len() - self.errors()
    }

    /// Number, line and column of each, in the order of the text.
    pub fn places(&self) -> Vec<(&'static str, usize, usize)> {
        let place = |finding: &Finding| {
            let position = finding.position;
            (finding.kind.number, position.line().unwrap_or(0), position.position().unwrap_or(0))
        };
        self.findings.iter().map(place).collect()
    }

    /// All of them as the user sees them; for a terminal with colours where `is_styled`.
    pub fn shown(&self, is_styled: bool) -> String {
        let all: Vec<String> =
            self.findings.iter().map(|finding| shown::one(&self.name, &self.text, finding, is_styled)).collect();
        all.join("\n\n")
    }
}

/// Looks at scripts; what the program has is gathered once for all of them.
pub struct Checker<'a> {
    engine: &'a Engine,
    sources: &'a Sources,
    resolver: &'a Resolver,
    known: Known<'a>,
    /// The files that have been looked at; none while it is being looked at.
    seen: RefCell<HashMap<PathBuf, Option<Shared<Facts>>>>,
    checked: RefCell<Vec<Checked>>,
    /// Whether what a text's end comes to is shown.
    shows_value: bool,
}

impl<'a> Checker<'a> {
    pub fn new(engine: &'a Engine, sources: &'a Sources, resolver: &'a Resolver, shows_value: bool) -> Self {
        let (seen, checked) = (RefCell::default(), RefCell::default());
        Checker { engine, sources, resolver, known: Known::of(engine, sources), seen, checked, shows_value }
    }

    /// What is found in a text called `name`, then what in the files that it imports.
    pub fn check(&self, name: &str, text: &str) -> Vec<Checked> {
        self.seen.borrow_mut().clear();
        self.seen.borrow_mut().insert(PathBuf::from(name), None);
        let (own, _) = self.one(name, text);
        let mut all = vec![own];
        all.append(&mut self.checked.borrow_mut());
        all
    }

    fn one(&self, name: &str, text: &str) -> (Checked, Option<Shared<Facts>>) {
        let text = plain(text);
        let lexed = lex(&text);
        let mut findings = escapes(&text, &lexed);
        let facts = match caught(|| compiled(self.engine, &Scope::new(), &text)) {
            Err(panic) => {
                findings.push(Finding::new(&SYNTAX, Position::START, panic.message));
                None
            }
            Ok(Err(error)) => {
                let (cause, position) = (*error.0, error.1);
                let error = EvalAltResult::ErrorParsing(cause, position);
                let remedy = explain::of_syntax(&error);
                let title = explain::describe(self.engine, self.sources, &error);
                findings.push(Finding::new(&SYNTAX, position, title).with_some(remedy));
                None
            }
            Ok(Ok(ast)) => Some(self.parsed(name, &ast, &mut findings)),
        };
        let allowed = Allowed::of(&text, &lexed);
        findings.retain(|finding| !allowed.has(finding));
        findings.sort_by_key(|finding| (finding.position.line(), finding.position.position(), finding.kind.number));
        // Of one word the error is enough.
        let errors: Vec<Position> = findings.iter().filter(|f| f.kind.is_error()).map(|f| f.position).collect();
        findings.retain(|finding| finding.kind.is_error() || !errors.contains(&finding.position));
        findings.dedup_by_key(|finding| (finding.position, finding.kind.number, finding.title.clone()));
        (Checked { name: name.to_string(), text, findings }, facts)
    }

    fn parsed(&self, name: &str, ast: &AST, findings: &mut Vec<Finding>) -> Shared<Facts> {
        let mut facts = Facts::of(ast, self.module_of(name, ast), &self.known);
        for import in std::mem::take(&mut facts.imports) {
            match self.imported(name, &import.path) {
                Ok(other) => facts.import(&import.alias, other.as_ref()),
                Err(why) => {
                    facts.import(&import.alias, None);
                    findings.push(Finding::new(&IMPORT, import.position, why));
                }
            }
        }
        let mut walk = Walk::new(&self.known, &facts);
        walk.shows_value = self.shows_value;
        walk.script(ast);
        findings.append(&mut walk.found);
        Shared::new(facts)
    }

    /// What an import brings; nothing where it cannot be parsed, which is said of that file.
    fn imported(&self, importer: &str, path: &str) -> Result<Option<Shared<Facts>>, String> {
        let file = self.resolver.file_of(Some(importer), path).map_err(|error| error.message)?;
        let name = file.display().to_string();
        match self.seen.borrow().get(&file) {
            Some(None) => return Err(format!("{path} imports itself, by this script or one that imports it")),
            Some(Some(facts)) => return Ok(Some(facts.clone())),
            None => {}
        }
        let text = access::read_to_string(&file).map_err(|error| error.message)?;
        self.seen.borrow_mut().insert(file.clone(), None);
        let (checked, facts) = self.one(&name, &text);
        if facts.is_some() {
            self.seen.borrow_mut().insert(file, facts.clone());
        } else {
            self.seen.borrow_mut().remove(&file);
        }
        self.checked.borrow_mut().push(checked);
        Ok(facts)
    }

    /// The module of the standard library of which a file is: `stdlib/train.rhai`, `stdlib/train/rows.rhai`.
    fn module_of(&self, name: &str, ast: &AST) -> Option<String> {
        // A suite may stand in a folder of that name, too.
        if ast.iter_functions().any(|function| function.name.starts_with("test_")) {
            return None;
        }
        let path = Path::new(name);
        let named = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let folder = path.parent()?;
        let is_library = |folder: &Path| folder.file_name().is_some_and(|name| name == "stdlib");
        let module = match (is_library(folder), folder.parent().is_some_and(is_library)) {
            (true, _) => named(path),
            (false, true) => named(folder),
            _ => None,
        };
        module.filter(|module| self.known.whole_modules.contains_key(module))
    }
}
