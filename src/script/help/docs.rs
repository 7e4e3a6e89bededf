//! The functions that there are, gathered from the `///` comments of native functions and of stdlib files alike.

use super::types::tidy;
use crate::script::language::sources::CLOSURE;
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
    /// Another way to call it. What it says counts where nothing was said yet; or below, where it is of another type of the project's.
    fn add(&mut self, signature: String, text: String, builtin: bool) {
        let is_other = self.signatures.iter().all(|known| owner(known) != owner(&signature));
        if self.text.is_empty() {
            self.text.clone_from(&text);
        } else if is_other && self.builtin == builtin && text.contains(FENCE) && !self.text.contains(&text) {
            self.text += &format!("\n\n{text}");
        }
        let counts = self.builtin == builtin || (is_other && text.contains(FENCE));
        if counts && !self.signatures.contains(&signature) {
            self.signatures.push(signature);
        }
    }

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
            (!text.contains(FENCE), length, !owner(signature).contains("Tensor"), signature.clone())
        });
        for (name, signature, text) in functions {
            match docs.iter_mut().find(|d| d.name == name) {
                Some(doc) => doc.add(signature, text, builtin),
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

/// The type of a signature's first parameter: whose method it is.
fn owner(signature: &str) -> &str {
    let first = signature.split_once('(').map_or("", |(_, parameters)| parameters);
    let first = first.split([',', ')']).next().unwrap_or(first);
    first.rsplit(": ").next().unwrap_or(first)
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
