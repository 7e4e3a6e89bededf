//! What `imdbsh doc` shows, gathered from the `///` comments of native functions and of stdlib files alike.

use super::sources::CLOSURE;
use crate::error::{Error, did_you_mean};
use crate::terminal::{say, size};
use rhai::{Engine, ScriptFuncDef};

/// What an example begins with.
const FENCE: &str = "```rhai\n";

/// One function name with all the ways to call it.
#[derive(Debug, Clone, Default)]
pub struct Doc {
    /// `matmul`, `schedule::cosine`.
    pub name: String,
    pub signatures: Vec<String>,
    /// The text of its `///` comment, examples included; empty where it has none.
    pub text: String,
    /// Whether it is one of Rhai's own.
    pub builtin: bool,
}

impl Doc {
    /// The first sentence.
    pub fn summary(&self) -> String {
        let paragraph: Vec<&str> = self.text.lines().take_while(|line| !line.is_empty()).collect();
        let paragraph = paragraph.join(" ");
        // A point before a space ends it; so does a colon, behind which a list of ways to call begins.
        let end = paragraph.find(". ").or_else(|| paragraph.find(": over all elements"));
        end.map_or(paragraph.as_str(), |end| &paragraph[..end]).trim_end_matches('.').to_string()
    }

    /// The bodies of its ```` ```rhai ```` blocks.
    pub fn examples(&self) -> Vec<String> {
        let mut examples = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, after)) = rest.split_once(FENCE) {
            let Some((body, after)) = after.split_once("```") else { break };
            examples.push(body.to_string());
            rest = after;
        }
        examples
    }
}

/// Every function that a script can call, by name; those of the project first.
pub fn index(engine: &Engine) -> Vec<Doc> {
    let mut docs: Vec<Doc> = Vec::new();
    for builtin in [false, true] {
        let mut functions = functions(engine, builtin);
        // The comment with an example is the function's; the other forms only add ways to call it.
        // Of several in a module, it is that of the longest form, which the others shorten.
        functions.sort_by_key(|(name, signature, text)| {
            let parameters = parameters(signature) as i64;
            let length = if name.contains("::") { -parameters } else { parameters };
            (!text.contains(FENCE), length, signature.clone())
        });
        for (name, signature, text) in functions {
            match docs.iter_mut().find(|d| d.name == name) {
                Some(doc) => {
                    if !doc.signatures.contains(&signature) && (doc.builtin == builtin) {
                        doc.signatures.push(signature);
                    }
                    if doc.text.is_empty() && !text.is_empty() {
                        doc.text = text;
                    }
                }
                None => docs.push(Doc { name, signatures: vec![signature], text, builtin }),
            }
        }
    }
    for doc in &mut docs {
        doc.signatures.sort_by_key(|s| (s.matches(',').count(), s.clone()));
    }
    docs.sort_by(|a, b| (a.builtin, &a.name).cmp(&(b.builtin, &b.name)));
    docs
}

/// `(name, signature, doc text)` of all public functions, of the project or of Rhai's packages.
fn functions(engine: &Engine, builtin: bool) -> Vec<(String, String, String)> {
    let collect = |standard: bool| {
        engine.collect_fn_metadata(
            None,
            |f| {
                let name = f.metadata.name.to_string();
                let property = name.strip_prefix("get$").map(ToString::to_string);
                let hidden = f.metadata.access == rhai::FnAccess::Private
                    || name.starts_with(CLOSURE)
                    || name.starts_with(|c: char| !c.is_alphabetic() && c != '_')
                    || (name.contains('$') && property.is_none());
                if hidden {
                    return None;
                }
                let name = property.clone().unwrap_or(name);
                let path = if f.namespace.is_empty() { name.clone() } else { format!("{}::{name}", f.namespace) };
                let comments: Vec<String> = match &f.script {
                    Some(script) => script.comments.iter().map(|c| (*c).to_string()).collect(),
                    None => f.metadata.comments.iter().map(ToString::to_string).collect(),
                };
                let comment = strip(&comments.join("\n"));
                // Rhai keeps some ways to call that it asks nobody to use.
                if comment.contains("# Deprecated API") {
                    return None;
                }
                let signature = tidy(&f.metadata.gen_signature(std::borrow::Cow::Borrowed));
                let signature = if property.is_some() { as_property(&signature) } else { signature };
                Some((path, signature, comment))
            },
            standard,
        )
    };
    let own = collect(false);
    if !builtin {
        return own;
    }
    let mut all = collect(true);
    all.retain(|f| !own.contains(f));
    all
}

/// How many parameters a signature has.
fn parameters(signature: &str) -> usize {
    if signature.contains("()") { 0 } else { signature.matches(',').count() + 1 }
}

/// `get$shape(x: Tensor) -> array` → `Tensor.shape -> array`.
fn as_property(signature: &str) -> String {
    let read = || {
        let (name, rest) = signature.strip_prefix("get$")?.split_once('(')?;
        let (parameter, result) = rest.split_once(')')?;
        let owner = parameter.rsplit(": ").next()?;
        Some(format!("{owner}.{name}{result}"))
    };
    read().unwrap_or_else(|| signature.to_string())
}

/// The ways to call `name`, as written in its documentation.
pub fn signatures(engine: &Engine, name: &str) -> Vec<String> {
    index(engine).into_iter().find(|d| d.name == name).map(|d| d.signatures).unwrap_or_default()
}

pub fn names(engine: &Engine) -> Vec<String> {
    index(engine).into_iter().map(|d| d.name).collect()
}

/// `matmul (Tensor, string)` → `matmul`.
pub fn called_name(call: &str) -> &str {
    call.split([' ', '(']).next().unwrap_or(call)
}

/// The comment without its `///`.
fn strip(comment: &str) -> String {
    let lines = comment.lines().map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("///").or_else(|| line.strip_prefix("/**")).unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_string()
}

/// A text with the paths of Rust types replaced by their names in scripts: `Tensor` for `imdbsh::…::TensorHandle`.
pub fn plain_types(text: &str) -> String {
    let is_path = |c: char| c.is_alphanumeric() || "_:<>".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        match word.starts_with("imdbsh::") || word.starts_with("alloc::rc::Rc<") {
            true => out += word.rsplit("::").next().unwrap_or(word).trim_end_matches('>').trim_end_matches("Handle"),
            false => out += word,
        }
        let next = behind.chars().next();
        out.extend(next);
        rest = &behind[next.map_or(0, char::len_utf8)..];
    }
    out
}

/// A signature without Rust's wrappings.
pub fn tidy(signature: &str) -> String {
    const PLAIN: [(&str, &str); 13] = [
        ("Handle", ""),
        ("&str | ImmutableString | String", "string"),
        ("ScriptResult<", "Result<"),
        ("&mut ", ""),
        ("ImmutableString", "string"),
        ("&str", "string"),
        ("INT", "int"),
        ("FLOAT", "float"),
        ("i64", "int"),
        ("f64", "float"),
        ("FnPtr", "Fn"),
        (": Dynamic", ""),
        ("NativeCallContext", "context"),
    ];
    let mut text = signature.to_string();
    for (from, to) in PLAIN {
        text = text.replace(from, to);
    }
    match text.rsplit_once(" -> Result<") {
        Some((head, result)) => {
            let result = result.trim_end_matches('>');
            let result = result.split(", Box").next().unwrap_or(result);
            if result == "()" { head.to_string() } else { format!("{head} -> {result}") }
        }
        None => text,
    }
}

/// Prints the documentation of `name`, of a module, or of what a search for `name` finds; without a name, the list.
///
/// # Errors
/// Nothing found.
pub fn show(engine: &Engine, name: Option<&str>) -> Result<(), Error> {
    let all: Vec<Doc> = index(engine);
    say(&match name {
        None => overview(&all),
        Some(name) => page(&all, name)?,
    });
    Ok(())
}

/// All functions of the project, a line each.
pub fn overview(all: &[Doc]) -> String {
    list(all.iter().filter(|d| !d.builtin))
}

/// What `all` says of `name`: a function, a module, or words to search for.
///
/// # Errors
/// Nothing found.
pub fn page(all: &[Doc], name: &str) -> Result<String, Error> {
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
    let found = search(all, name);
    if found.is_empty() {
        let names: Vec<&str> = all.iter().map(|d| d.name.as_str()).collect();
        let nearest = did_you_mean(name, &names);
        return Err(Error::value(format!("nothing is called or mentions `{name}`{nearest}")));
    }
    let more = found.len().saturating_sub(FOUND);
    let lines = list(found.into_iter().take(FOUND));
    Ok(if more == 0 { lines } else { format!("{lines}\n… and {more} more mention it") })
}

/// How many functions a search lists.
const FOUND: usize = 24;

/// The functions in which all of the words occur, at the beginning of a word: those that have them in their names first, then those in
/// whose first sentence they stand.
fn search<'a>(all: &'a [Doc], words: &str) -> Vec<&'a Doc> {
    let in_words = |text: &str| -> Vec<String> {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_string).collect()
    };
    let wanted: Vec<String> = in_words(words).into_iter().filter(|word| !word.is_empty()).collect();
    // One or two letters stand in every text, as the name of something.
    let is_short = wanted.iter().all(|word| word.len() < 3);
    let holds = |text: &str| {
        let words = in_words(text);
        let is_there =
            |wanted: &String| words.iter().any(|word| word == wanted || !is_short && word.starts_with(wanted));
        wanted.iter().all(is_there)
    };
    let rank = |doc: &Doc| {
        let in_name = !is_short && wanted.iter().all(|wanted| doc.name.to_lowercase().contains(wanted));
        let in_summary = || !is_short && holds(&doc.summary());
        let in_text = || !is_short && holds(&format!("{} {}", doc.name, doc.text));
        let ranks = [in_name || holds(&doc.name), in_summary(), in_text()];
        ranks.into_iter().position(|is_there| is_there)
    };
    let mut found: Vec<(usize, &Doc)> =
        all.iter().filter(|_| !wanted.is_empty()).filter_map(|doc| Some((rank(doc)?, doc))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, doc)| doc).collect()
}

/// One line a function, on a terminal no longer than it is wide.
fn list<'a>(docs: impl Iterator<Item = &'a Doc>) -> String {
    let docs: Vec<&Doc> = docs.collect();
    let width = docs.iter().map(|d| d.name.len()).max().unwrap_or(0).min(32);
    let columns = size().map_or(usize::MAX, |(_, columns)| columns.into());
    let lines = docs.iter().map(|doc| {
        let line = format!("{:width$}  {}", doc.name, doc.summary());
        console::truncate_str(line.trim_end(), columns, "…").into_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The functions of a script with a name, `prefix` (`mine::`) in front of it.
pub fn of_functions<'a>(prefix: &str, functions: impl Iterator<Item = &'a ScriptFuncDef>) -> Vec<Doc> {
    let mut docs: Vec<Doc> = Vec::new();
    for function in functions.filter(|f| !f.name.starts_with(CLOSURE)) {
        let name = format!("{prefix}{}", function.name);
        let parameters: Vec<&str> = function.params.iter().map(|p| p.as_str()).collect();
        let signature = format!("{}({})", function.name, parameters.join(", "));
        let comments: Vec<&str> = function.comments.iter().map(|c| c.as_str()).collect();
        let text = strip(&comments.join("\n"));
        match docs.iter_mut().find(|d| d.name == name) {
            Some(doc) => {
                doc.signatures.push(signature);
                if doc.text.is_empty() {
                    doc.text = text;
                }
            }
            None => docs.push(Doc { name, signatures: vec![signature], text, builtin: false }),
        }
    }
    docs.sort_by(|a, b| a.name.cmp(&b.name));
    docs
}

/// Every way to call every function, of Rhai's packages or of the project: `(name, signature)`.
pub fn all_signatures(engine: &Engine, builtin: bool) -> Vec<(String, String)> {
    functions(engine, builtin).into_iter().map(|(name, signature, _)| (name, signature)).collect()
}
