//! What can stand in a text that a function takes: words that its documentation puts in quotes, names of its module's table, columns.

use super::{known::Known, options::pointed_to};
use crate::script::{
    docs::Doc,
    inspect::Variable,
    lexer::{Kind, Token, lex},
};

/// Options and functions that name columns of runs.
const COLUMNS: [&str; 5] = ["y", "right", "x", "monitor", "columns"];
const OF_COLUMNS: [&str; 1] = ["column"];
/// Those that a training writes, where no variable has any.
const USUAL: [&str; 8] = ["epoch", "lr", "test_acc", "test_loss", "train_acc", "train_loss", "valid_acc", "valid_loss"];
/// How often documentation may point on.
const HOPS: usize = 3;

/// What can stand in a text behind `function(…`, as the value of `option` if there is one.
pub fn texts_of(known: &Known, function: &str, option: Option<&str>) -> Vec<String> {
    let docs: Vec<&Doc> = known.docs().collect();
    let mut found = match option {
        Some("metrics") => named(known, "metrics"),
        Some(option) if COLUMNS.contains(&option) => columns(known),
        Some(option) => of_option(&docs, function, option, HOPS),
        None if OF_COLUMNS.contains(&function) => columns(known),
        None => match function.strip_suffix("::named") {
            Some(module) => named(known, module),
            None => docs.iter().find(|d| d.name == function).map(|d| quoted(prose(d))).unwrap_or_default(),
        },
    };
    found.sort();
    found.dedup();
    found
}

/// A documentation without its examples.
fn prose(doc: &Doc) -> &str {
    doc.text.split("```rhai").next().unwrap_or_default()
}

/// The words in quotes behind the name of an option, up to the next item.
fn of_option(docs: &[&Doc], function: &str, option: &str, hops: usize) -> Vec<String> {
    let Some(doc) = docs.iter().find(|d| d.name == function) else { return Vec::new() };
    let text = prose(doc);
    let name = format!("`{option}`");
    let found = text.match_indices(&name).map(|(at, _)| quoted(item(&text[at + name.len()..])));
    let found = found.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
    if !found.is_empty() || hops == 0 {
        return found;
    }
    pointed_to(text).into_iter().flat_map(|other| of_option(docs, other, option, hops - 1)).collect()
}

/// As far as the next item of a list: `` `name` `` behind a comma, a dash or a new paragraph.
fn item(text: &str) -> &str {
    let ends = ["\n- ", "\n\n"].into_iter().filter_map(|end| text.find(end));
    let next = text.match_indices(", `").map(|(at, _)| at).find(|at| {
        text[at + 3..].split('`').next().is_some_and(|name| !name.is_empty() && name.chars().all(is_of_name))
    });
    &text[..ends.chain(next).min().unwrap_or(text.len())]
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// The words in quotes.
fn quoted(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('"').collect();
    let is_word = |word: &&&str| !word.is_empty() && word.chars().all(|c| is_of_name(c) || "-:./".contains(c));
    parts.iter().skip(1).step_by(2).filter(is_word).map(|word| (*word).to_string()).collect()
}

/// The names in the table of a module, `["cosine", …]`; of `halve_every:N` what stands in front of the number.
fn named(known: &Known, module: &str) -> Vec<String> {
    let Some(text) = known.library.modules.get(module) else { return Vec::new() };
    let lexed = lex(text);
    let code: Vec<&Token> = lexed.code().collect();
    let word = |i: usize| code.get(i).map_or("", |t| t.text(text));
    let Some(start) = (0..code.len()).find(|i| word(*i) == "fn" && word(i + 1) == "table") else { return Vec::new() };
    let end = (start + 1..code.len()).find(|i| word(*i) == "fn").unwrap_or(code.len());
    let names = (start..end).filter(|i| code[*i].kind == Kind::Text && word(i - 1) == "[" && word(i + 1) == ",");
    let plain = |text: &str| {
        let text = text.trim_matches('"');
        text.split_once(':').map_or(text.to_string(), |(name, _)| format!("{name}:"))
    };
    names.map(|i| plain(word(i))).collect()
}

/// The columns of all histories and rows that variables hold.
fn columns(known: &Known) -> Vec<String> {
    let mut found = Vec::new();
    known.variables.iter().for_each(|variable| add_columns(variable, &mut found));
    if found.is_empty() {
        found.extend(USUAL.map(String::from));
    }
    found
}

fn add_columns(variable: &Variable, found: &mut Vec<String>) {
    if let Some(row) = variable.element.as_deref().filter(|row| row.kind == "map") {
        found.extend(row.fields.iter().map(|field| field.name.clone()));
    }
    variable.fields.iter().for_each(|field| add_columns(field, found));
}
