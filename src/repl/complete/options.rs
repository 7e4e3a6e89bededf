//! The options that a function takes. One that is written in Rhai hands its defaults to `with_defaults`; the others list
//! theirs in their documentation.

use crate::script::{
    docs::Doc,
    lexer::{Kind, Token, lex},
};

/// How often documentation may point on: `bilstm` takes what `lstm` takes.
const HOPS: usize = 3;

/// The names of the options of `function` (`adam`, `train::fit`); `texts` are the scripts that may define it.
pub fn options_of(docs: &[&Doc], function: &str, texts: &[&str]) -> Vec<String> {
    let own = function.rsplit("::").next().unwrap_or(function);
    match texts.iter().find_map(|text| defaults(text, own)) {
        Some(names) => names,
        None => documented(docs, function, HOPS),
    }
}

/// The keys of the map that a function in `text` hands to `with_defaults` or `pick_options`.
fn defaults(text: &str, function: &str) -> Option<Vec<String>> {
    let lexed = lex(text);
    let code: Vec<&Token> = lexed.code().collect();
    let word = |i: usize| code.get(i).map_or("", |t| t.text(text));
    let starts = (0..code.len()).filter(|i| word(*i) == "fn" && word(i + 1) == function);
    starts.into_iter().find_map(|start| {
        let end = (start + 1..code.len()).find(|i| word(*i) == "fn").unwrap_or(code.len());
        let takes =
            |i: &usize| ["with_defaults", "pick_options", "own_options"].contains(&word(*i)) && word(i + 2) == "#{";
        match (start..end).find(takes) {
            Some(call) => Some(keys(text, &code[call + 2..end])),
            None => {
                handed_on(text, &code[start..end]).filter(|other| *other != function).and_then(|o| defaults(text, o))
            }
        }
    })
}

/// The function to which the one that `code` defines hands its last parameter, `start` in `fn fit(net, given) { start(net, given) }`.
fn handed_on<'t>(text: &'t str, code: &[&Token]) -> Option<&'t str> {
    let word = |i: usize| code.get(i).map_or("", |t| t.text(text));
    let signature_end = (0..code.len()).find(|i| word(*i) == ")")?;
    let parameter = word(signature_end - 1);
    let last = (signature_end..code.len()).find(|i| word(*i) == parameter && word(i + 1) == ")")?;
    let mut depth = 0_i64;
    let open = (signature_end..last).rev().find(|i| {
        depth += match word(*i) {
            ")" | "]" | "}" => 1,
            "(" | "[" | "{" | "#{" => -1,
            _ => 0,
        };
        depth < 0
    })?;
    code.get(open - 1).filter(|name| name.kind == Kind::Name).map(|name| name.text(text))
}

/// The keys of the map that `code` begins with.
fn keys(text: &str, code: &[&Token]) -> Vec<String> {
    let (mut depth, mut keys) = (0_i64, Vec::new());
    for (token, behind) in code.iter().zip(code.iter().skip(1)) {
        match token.text(text) {
            "(" | "[" | "{" | "#{" | "${" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            name if depth == 1 && token.kind == Kind::Name && behind.text(text) == ":" => keys.push(name.to_string()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    keys
}

/// The names that stand in backticks behind "Options" or "options", up to the end of their paragraph or list, and those of the
/// functions that the documentation points to.
fn documented(docs: &[&Doc], function: &str, hops: usize) -> Vec<String> {
    let Some(doc) = docs.iter().find(|d| d.name == function) else { return Vec::new() };
    let text = doc.text.split("```").next().unwrap_or_default();
    let mut names = Vec::new();
    if let Some(start) = text.find("ptions") {
        let list = text[start..].split("\n\n").next().unwrap_or_default();
        names = named(list);
    }
    if hops > 0 {
        for other in pointed_to(text) {
            names.extend(documented(docs, other, hops - 1));
        }
    }
    let mut unique: Vec<String> = Vec::new();
    names.retain(|name| {
        let new = !unique.contains(name);
        unique.push(name.clone());
        new
    });
    names
}

/// `lr` in "`lr` 1e-3, `betas` [0.9, 0.999]": a name in backticks that begins an item.
fn named(list: &str) -> Vec<String> {
    let parts: Vec<&str> = list.split('`').collect();
    let is_name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let mut names = Vec::new();
    for pair in parts.chunks_exact(2) {
        let (before, name) = (pair[0].trim_end(), pair[1]);
        let begins =
            before.ends_with([':', ',', '-', '.', ';', ')']) || before.ends_with(" and") || before.ends_with("ptions");
        if begins && is_name(name) && !["true", "false"].contains(&name) {
            names.push(name.to_string());
        }
    }
    names
}

/// `lstm` in "Takes `lstm`'s options", `sgd` in "Takes what `sgd` takes".
pub fn pointed_to(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (i, _) in text.match_indices("akes ") {
        let rest = text[i + 5..].strip_prefix("what ").unwrap_or(&text[i + 5..]);
        let name = rest.strip_prefix('`').and_then(|rest| rest.split_once('`'));
        if let Some((name, behind)) = name
            && (behind.starts_with("'s options") || behind.starts_with(" takes"))
        {
            found.push(name);
        }
    }
    found
}
