//! What could stand at the cursor.

use super::{
    candidate::{Candidate, candidate},
    context::{self, Context, Link, Target},
    files,
    known::Known,
    options::options_of,
    types,
};
use crate::script::{docs::Doc, inspect::Member, lexer::KEYWORDS};

/// Where the word at `at` begins, and what could stand there.
pub fn complete(known: &Known, line: &str, at: usize) -> (usize, Vec<Candidate>) {
    let Context { start, word, target } = context::at(line, at, &known.commands);
    let mut found = match target {
        Target::Command => known.commands.iter().map(|c| candidate(format!(":{}", c.name))).collect(),
        Target::File => files::names(&word),
        Target::FunctionName => known.docs().map(|d| candidate(&d.name)).collect(),
        Target::ModuleMember(module) => members_of_module(known, &module),
        Target::Member(chain) => members(known, &chain),
        Target::Option { function, given } => options(known, &function, &given),
        Target::Name => names(known),
        Target::Nothing => Vec::new(),
    };
    // What would steer the terminal that lists it, nobody has typed so far.
    found.retain(|c| c.text.starts_with(&word) && !c.text.contains(char::is_control));
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

fn members(known: &Known, chain: &[Link]) -> Vec<Candidate> {
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
