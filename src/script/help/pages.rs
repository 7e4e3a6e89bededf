//! What `imdbsh doc` shows: the list of functions, the page of one, what a search finds.

use super::docs::{Doc, index};
use super::guide;
use super::themes::Themes;
use super::words::Words;
use crate::error::{Error, did_you_mean};
use crate::output::size;
use rhai::Engine;

/// The documentation of `name`: a page of the guide, a function, a module, a theme, or what a search for it finds; without a name, the list.
///
/// # Errors
/// Nothing found.
pub fn shown(engine: &Engine, themes: &Themes, name: Option<&str>) -> Result<String, Error> {
    let all: Vec<Doc> = index(engine);
    match name {
        None => Ok(overview(&all, themes)),
        Some(name) => page(&all, themes, name),
    }
}

/// All functions of the project by theme, a line each.
pub fn overview(all: &[Doc], themes: &Themes) -> String {
    let groups = themes.groups(all);
    let width = groups.iter().flat_map(|group| &group.docs).map(|doc| doc.name.len()).max().unwrap_or(0).min(32);
    let groups = groups.iter().map(|group| format!("{}\n{}", group.title, lines(&group.docs, width, 2)));
    groups.collect::<Vec<_>>().join("\n\n")
}

/// What `all` and the guide say of `name`: a page of the guide, a function, a module, a theme, or words to search for.
///
/// # Errors
/// Nothing found.
pub fn page(all: &[Doc], themes: &Themes, name: &str) -> Result<String, Error> {
    if let Some(page) = guide::page(name) {
        return Ok(page);
    }
    let name = name.trim_end_matches("::");
    let members: Vec<&Doc> = all.iter().filter(|d| d.name.starts_with(&format!("{name}::"))).collect();
    let module = list(members.iter().copied());
    if let Some(doc) = all.iter().find(|d| d.name == name) {
        let page = format!("{}\n\n{}", doc.signatures.join("\n"), doc.text).trim_end().to_string();
        return Ok(if members.is_empty() { page } else { format!("{page}\n\nThe module {name}:\n{module}") });
    }
    if !members.is_empty() {
        return Ok(module);
    }
    if let Some(group) = themes.groups(all).iter().find(|group| group.title.eq_ignore_ascii_case(name)) {
        return Ok(list(group.docs.iter().copied()));
    }
    let found = search(all, name);
    let guide = guide::search(name).map(|lines| format!("In the guide:\n{lines}"));
    if found.is_empty() {
        let names: Vec<&str> = all.iter().map(|d| d.name.as_str()).collect();
        let nearest = did_you_mean(name, &names);
        return guide.ok_or_else(|| Error::value(format!("nothing is called or mentions `{name}`{nearest}")));
    }
    let more = found.len().saturating_sub(FOUND);
    let mut parts = vec![list(found.into_iter().take(FOUND))];
    if more > 0 {
        parts.push(format!("… and {more} more mention it"));
    }
    parts.extend(guide.map(|guide| format!("\n{guide}")));
    Ok(parts.join("\n"))
}

/// How many functions a search lists.
const FOUND: usize = 24;

/// The functions in which all of the words occur, at the beginning of a word: those that have them in their names first, then those in
/// whose first sentence they stand.
fn search<'a>(all: &'a [Doc], words: &str) -> Vec<&'a Doc> {
    let words = Words::of(words);
    let rank = |doc: &Doc| {
        let in_summary = || !words.is_short && words.stand_in(&doc.summary());
        let in_text = || !words.is_short && words.stand_in(&format!("{} {}", doc.name, doc.text));
        let ranks = [words.are_part_of(&doc.name) || words.stand_in(&doc.name), in_summary(), in_text()];
        ranks.into_iter().position(|is_there| is_there)
    };
    let mut found: Vec<(usize, &Doc)> =
        all.iter().filter(|_| !words.is_empty()).filter_map(|doc| Some((rank(doc)?, doc))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, doc)| doc).collect()
}

/// One line a function, on a terminal no longer than it is wide.
fn list<'a>(docs: impl Iterator<Item = &'a Doc>) -> String {
    let docs: Vec<&Doc> = docs.collect();
    let width = docs.iter().map(|d| d.name.len()).max().unwrap_or(0).min(32);
    lines(&docs, width, 0)
}

fn lines(docs: &[&Doc], width: usize, indent: usize) -> String {
    let columns = size().map_or(usize::MAX, |(_, columns)| columns.into());
    let lines = docs.iter().map(|doc| {
        let line = format!("{:indent$}{:width$}  {}", "", doc.name, doc.summary());
        console::truncate_str(line.trim_end(), columns, "…").into_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
