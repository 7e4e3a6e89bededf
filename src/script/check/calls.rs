//! Functions and methods that are called: whether there are such, and with so many values.

use super::facts::Facts;
use super::findings::{COUNT, FUNCTION, MODULE, kind::Finding};
use super::known::{Known, Names, Ways};
use super::variables::Variables;
use crate::error::nearest;
use crate::script::help::explain::ways;
use crate::script::language::syntax::FUNCTION as NAMED;
use rhai::{FnCallExpr, Position};

/// What the interpreter does itself, with any number of values.
const WORDS: [&str; 13] = [
    "call",
    "curry",
    "type_of",
    "is_shared",
    "is_def_var",
    "is_def_fn",
    "eval",
    "print",
    "debug",
    "Fn",
    NAMED,
    "to_string",
    "this",
];

/// `one value`, `3 values`.
fn values(count: usize) -> String {
    match count {
        0 => "no value".to_string(),
        1 => "one value".to_string(),
        n => format!("{n} values"),
    }
}

fn did_you_mean<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    nearest(name, &names).map(|near| format!("did you mean `{near}`?"))
}

/// Names that a script writes; not operators, properties and what the interpreter calls its own.
fn plain(names: &Names) -> impl Iterator<Item = &str> {
    names.keys().map(String::as_str).filter(|name| name.starts_with(char::is_alphabetic) && !name.contains('$'))
}

/// What is wrong with `name(…)`.
pub fn function(
    known: &Known,
    facts: &Facts,
    variables: &Variables,
    call: &FnCallExpr,
    position: Position,
) -> Option<Finding> {
    let name = call.name.as_str();
    if WORDS.contains(&name) || facts.probed.contains(name) {
        return None;
    }
    if !call.namespace.path.is_empty() {
        return in_module(known, facts, call, position);
    }
    let ways = [facts.functions.get(name), known.global.get(name)];
    if ways.iter().flatten().any(|ways| ways.counts.contains(&call.args.len())) {
        return None;
    }
    if ways.iter().flatten().any(|ways| !ways.counts.is_empty()) {
        return Some(wrong_count(known, facts, "", call, position, false));
    }
    let finding = Finding::new(&FUNCTION, position, format!("no function `{name}`"));
    if variables.find(name).is_some() {
        return Some(finding.with(format!("`{name}` is a variable: a function in it is called as {name}.call(…)")));
    }
    let module = facts.module.as_deref().and_then(|module| known.whole_modules.get(module));
    let names = plain(&known.global).chain(plain(&facts.functions)).chain(module.into_iter().flat_map(plain));
    Some(finding.with_some(did_you_mean(name, names).or_else(|| elsewhere(known, name))))
}

/// `schedule::cosine` for `cosine`.
fn elsewhere(known: &Known, name: &str) -> Option<String> {
    let mut modules: Vec<&String> =
        known.modules.iter().filter(|(_, names)| names.contains_key(name)).map(|(m, _)| m).collect();
    modules.sort();
    modules.first().map(|module| format!("it is one of a module: {module}::{name}(…)"))
}

fn in_module(known: &Known, facts: &Facts, call: &FnCallExpr, position: Position) -> Option<Finding> {
    let path = &call.namespace.path;
    let (module, name) = (path[0].name.as_str(), call.name.as_str());
    // `a::b::f`: what a module has imported, which nobody else names.
    if path.len() > 1 || module == "global" {
        return None;
    }
    let names = match (facts.imported.get(module), known.modules.get(module)) {
        (Some(None), _) => return None,
        (Some(Some(names)), _) | (None, Some(names)) => names,
        (None, None) => return Some(no_module(known, facts, module, path[0].pos)),
    };
    match names.get(name) {
        Some(ways) if ways.counts.contains(&call.args.len()) => None,
        Some(ways) if !ways.counts.is_empty() => {
            let is_imported = facts.imported.contains_key(module);
            Some(wrong_count(known, facts, module, call, position, is_imported))
        }
        _ => {
            let finding = Finding::new(&FUNCTION, position, format!("no function `{module}::{name}`"));
            let near = did_you_mean(name, plain(names));
            let near = near.map(|near| near.replacen('`', &format!("`{module}::"), 1));
            let global = || known.global.get(name).map(|_| format!("it needs no module: {name}(…)"));
            Some(finding.with_some(near.or_else(global).or_else(|| elsewhere(known, name))))
        }
    }
}

/// A module that nothing has.
pub fn no_module(known: &Known, facts: &Facts, module: &str, position: Position) -> Finding {
    let names = known.modules.keys().chain(facts.imported.keys()).map(String::as_str);
    let near = did_you_mean(module, names);
    let import = format!("a script is imported by: import \"{module}\" as {module};");
    Finding::new(&MODULE, position, format!("no module `{module}`")).with(near.unwrap_or(import))
}

fn wrong_count(
    known: &Known,
    facts: &Facts,
    module: &str,
    call: &FnCallExpr,
    position: Position,
    is_imported: bool,
) -> Finding {
    let name = call.name.as_str();
    let own = match is_imported {
        true => Vec::new(),
        false => facts
            .bodies
            .named(name)
            .iter()
            .filter(|_| module.is_empty())
            .map(|f| format!("{name}({})", f.params.join(", ")))
            .collect(),
    };
    let signatures = if own.is_empty() && !is_imported { known.signatures(module, name) } else { own };
    let signatures: Vec<String> = signatures.into_iter().filter(|s| s.starts_with(name)).collect();
    let shown = if module.is_empty() { name.to_string() } else { format!("{module}::{name}") };
    let finding =
        Finding::new(&COUNT, position, format!("`{shown}` cannot be called with {}", values(call.args.len())));
    let remedy =
        (!signatures.is_empty()).then(|| format!("it is called as {}", ways(name, signatures, call.args.len())));
    let counts = |names: &Names| names.get(name).map(|ways| takes(&ways.counts));
    let imported = facts.imported.get(module).and_then(Option::as_ref).and_then(counts).filter(|_| is_imported);
    finding.with_some(imported.or(remedy))
}

fn takes(counts: &[usize]) -> String {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    format!("it takes {}", counts.into_iter().map(values).collect::<Vec<_>>().join(" or "))
}

/// What is wrong with `value.name(…)`.
pub fn method(known: &Known, facts: &Facts, call: &FnCallExpr, position: Position) -> Option<Finding> {
    let name = call.name.as_str();
    // A map may hold a function.
    let is_held = facts.keys.contains(name) || known.has_key(name);
    if WORDS.contains(&name) || facts.probed.contains(name) || is_held {
        return None;
    }
    let ways: Vec<&Ways> = [facts.functions.get(name), known.global.get(name)].into_iter().flatten().collect();
    if ways.iter().any(|ways| ways.methods.contains(&call.args.len())) {
        return None;
    }
    let is_known = ways.iter().any(|ways| !ways.methods.is_empty());
    match is_known {
        true => {
            let title = format!("the method `{name}` cannot be called with {}", values(call.args.len()));
            let signatures = known.signatures("", name);
            let own: Vec<String> =
                facts.bodies.named(name).iter().map(|f| format!("{name}({})", f.params.join(", "))).collect();
            let signatures = if own.is_empty() { signatures } else { own };
            let remedy = (!signatures.is_empty()).then(|| {
                format!("what it is called on stands first: {}", shown_ways(name, signatures, call.args.len() + 1))
            });
            Some(Finding::new(&COUNT, position, title).with_some(remedy))
        }
        false if facts.reads_maps => None,
        false => {
            let names = plain(&known.global).chain(plain(&facts.functions));
            let near = did_you_mean(name, names);
            let finding = Finding::new(&FUNCTION, position, format!("no method `{name}`"));
            Some(finding.with_some(near.or_else(|| elsewhere(known, name))))
        }
    }
}

fn shown_ways(name: &str, signatures: Vec<String>, given: usize) -> String {
    ways(name, signatures, given)
}
