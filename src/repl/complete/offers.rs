//! What could stand at the cursor.

use super::{
    candidate::{Candidate, candidate},
    context::{self, Context, Link, Target},
    files,
    known::Known,
    options::options_of,
    texts::texts_of,
    types,
};
use crate::script::{docs::Doc, inspect::Member, lexer::KEYWORDS};

/// Where the word at `at` begins, and what could stand there.
pub fn complete(known: &Known, line: &str, at: usize) -> (usize, Vec<Candidate>) {
    let Context { start, word, target } = context::at(line, at, &known.commands);
    let mut found = match target {
        Target::Command => known.commands.iter().map(|c| candidate(format!(":{}", c.name))).collect(),
        Target::File => files::names(&word),
        Target::Text { function, option, quote } => {
            return in_text(known, (start, &line[at..]), &word, (&function, option.as_deref()), quote);
        }
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

/// What can stand in the text that begins with `word`: what the function takes there, else names of files. Each is put in as the text has to be written.
fn in_text(
    known: &Known,
    (start, behind): (usize, &str),
    word: &str,
    (function, option): (&str, Option<&str>),
    quote: char,
) -> (usize, Vec<Candidate>) {
    let begun = plain(word, quote);
    let texts = texts_of(known, function, option);
    let fitting: Vec<String> = texts.into_iter().filter(|text| text.starts_with(&begun)).collect();
    let close = if behind.starts_with(quote) { String::new() } else { quote.to_string() };
    let ends = |text: &str| if text.ends_with(':') { String::new() } else { close.clone() };
    let mut found: Vec<Candidate> = match fitting.is_empty() {
        false => fitting
            .iter()
            .map(|text| Candidate { shown: text.clone(), text: format!("{text}{}", ends(text)) })
            .collect(),
        true => {
            let names = files::names(&begun).into_iter().filter(|c| !c.text.contains(char::is_control));
            names.map(|c| Candidate { text: written(&c.text, quote), ..c }).collect()
        }
    };
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.dedup();
    (start, found)
}

/// A text as it has to be written between these quotes.
fn written(text: &str, quote: char) -> String {
    match quote {
        '"' => text.replace('\\', "\\\\").replace('"', "\\\""),
        // There is no way to write it otherwise in backticks than as a piece of code.
        _ => text.replace('`', "``").replace("${", "${\"${\"}"),
    }
}

/// What was written, as a text.
fn plain(text: &str, quote: char) -> String {
    match quote {
        '"' => {
            let (mut out, mut letters) = (String::new(), text.chars());
            while let Some(c) = letters.next() {
                out.extend(if c == '\\' { letters.next() } else { Some(c) });
            }
            out
        }
        _ => text.replace("``", "`"),
    }
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
    let methods = known.members().filter(fits).filter(|m| m.name != "to_debug");
    let methods = methods.map(|m| if m.is_property { candidate(&m.name) } else { called(&m.name) });
    fields.chain(methods).collect()
}

fn options(known: &Known, function: &str, given: &[String]) -> Vec<Candidate> {
    let docs: Vec<&Doc> = known.docs().collect();
    let names = options_of(&docs, function, &known.texts_of(function));
    names.into_iter().filter(|name| !given.contains(name)).map(|name| candidate(format!("{name}: "))).collect()
}
