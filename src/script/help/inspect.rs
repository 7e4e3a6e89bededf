//! What can be named at a prompt, for completion and help: variables, functions, and what a type can do.

use super::docs::Doc;
use super::types::plain_types;
use crate::script::{base::kinds::Kinds, language::lexer::lex};
use rhai::{Array, Dynamic, Engine, Map, Scope};

/// A variable in reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// `Tensor`, `int`, `map`.
    pub kind: String,
    /// Of a map.
    pub fields: Vec<Variable>,
    /// The first of an array, or of the rows of a history.
    pub element: Option<Box<Variable>>,
}

/// How deep maps are looked into, and how many fields of each.
const DEPTH: usize = 4;
const FIELDS: usize = 200;

/// The variables of `scope`, each once, the latest first.
pub fn variables(engine: &Engine, kinds: Kinds, scope: &Scope) -> Vec<Variable> {
    let mut seen: Vec<Variable> = Vec::new();
    for (name, _, value) in scope.iter_raw() {
        if !seen.iter().any(|v| v.name == name) {
            seen.push(variable(engine, kinds, name, value, DEPTH));
        }
    }
    seen
}

fn variable(engine: &Engine, kinds: Kinds, name: &str, value: &Dynamic, depth: usize) -> Variable {
    let of = |map: &Map| -> Vec<Variable> {
        map.iter().take(FIELDS).map(|(name, value)| variable(engine, kinds, name, value, depth - 1)).collect()
    };
    let fields = match (depth, kinds.of(value).and_then(|kind| kind.fields)) {
        (0, _) => Vec::new(),
        (_, Some(fields)) => of(&fields(value)),
        _ => value.read_lock::<Map>().map(|map| of(&map)).unwrap_or_default(),
    };
    let first = kinds.of(value).and_then(|kind| kind.element).and_then(|element| element(value));
    let first = first.or_else(|| value.read_lock::<Array>().and_then(|array| array.first().cloned()));
    let element = first.filter(|_| depth > 0).map(|first| Box::new(variable(engine, kinds, "", &first, depth - 1)));
    Variable { name: name.to_string(), kind: kind(engine, value), fields, element }
}

/// The name of a value's type, as signatures write it.
pub fn kind(engine: &Engine, value: &Dynamic) -> String {
    // A variable that a closure has captured hides its type.
    let name = match value.is_shared() {
        true => value.flatten_clone().type_name(),
        false => value.type_name(),
    };
    plain_kind(&plain_types(engine.map_type_name(name)))
}

/// One name for each type: signatures write Rust's, values have the interpreter's.
pub fn plain_kind(kind: &str) -> String {
    let kind = match kind {
        "Map" => "map",
        "Array" => "array",
        "String" | "ImmutableString" | "&str" => "string",
        "FnPtr" => "Fn",
        "i64" => "int",
        "f64" => "float",
        "Vectors" => "WordVectors",
        "Group" => "ParameterGroup",
        other => other,
    };
    kind.to_string()
}

/// Something that a type can do: `x.name`, or `x.name(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The type; empty where it is open.
    pub of: String,
    pub name: String,
    pub is_property: bool,
    /// The type of what comes back; empty where it is open.
    pub gives: String,
}

/// The methods of types that a text in Rhai defines, `fn Training.run(epochs)`.
pub fn methods_in(text: &str) -> Vec<Member> {
    let lexed = lex(text);
    let code: Vec<&str> = lexed.code().map(|token| token.text(text)).collect();
    let methods = code.windows(5).filter(|words| words[0] == "fn" && words[2] == "." && words[4] == "(");
    let method = |words: &[&str]| Member {
        of: plain_kind(words[1].trim_matches('"')),
        name: words[3].to_string(),
        is_property: false,
        gives: String::new(),
    };
    methods.map(method).collect()
}

/// Types that are Rhai's own.
const PLAIN: [&str; 7] = ["array", "bool", "char", "float", "int", "map", "string"];

/// The members of all types, from the signatures of Rhai's own functions and of the program's. What the program does with plain values
/// is written as a function, not as a method of them: `network(#{ … })`.
pub fn members(builtin: &[(String, String)], own: &[(String, String)]) -> Vec<Member> {
    let of = |docs: &[(String, String)]| -> Vec<Member> {
        let plain = docs.iter().filter(|(name, _)| !name.contains("::"));
        plain.filter_map(|(name, signature)| member(name, signature)).collect()
    };
    let mut members = of(own);
    members.retain(|m| !PLAIN.contains(&m.of.as_str()));
    members.extend(of(builtin));
    members.sort_by(|a, b| (&a.name, &a.of).cmp(&(&b.name, &b.of)));
    members.dedup();
    members
}

fn member(name: &str, signature: &str) -> Option<Member> {
    let gives = signature.rsplit_once("-> ").map(|(_, kind)| plain_kind(kind.trim())).unwrap_or_default();
    let Some((_, parameters)) = signature.split_once('(') else {
        // `Tensor.shape -> array`
        let (of, _) = signature.split_once('.')?;
        return Some(Member { of: plain_kind(of), name: name.to_string(), is_property: true, gives });
    };
    let first = parameters.split([',', ')']).next().unwrap_or_default();
    let of = first.split_once(": ").map(|(_, kind)| plain_kind(kind.trim())).unwrap_or_default();
    (!first.is_empty()).then(|| Member { of, name: name.to_string(), is_property: false, gives })
}

/// The type that a call of `name` gives, if all its signatures agree.
pub fn gives(docs: &[Doc], name: &str) -> Option<String> {
    let doc = docs.iter().find(|d| d.name == name)?;
    let kinds = doc.signatures.iter().filter_map(|s| s.rsplit_once("-> ").map(|(_, kind)| plain_kind(kind.trim())));
    let mut kinds: Vec<String> = kinds.collect();
    kinds.dedup();
    (kinds.len() == 1).then(|| kinds.remove(0))
}
