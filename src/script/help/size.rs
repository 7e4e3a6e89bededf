//! How large the variables in reach are, for the prompt's list of them.

use super::inspect::variables;
use crate::script::{
    base::{
        kinds::{Kinds, Size},
        nesting::{DEEPEST, deeper},
    },
    language::syntax::LAST,
};
use rhai::{Array, Dynamic, Engine, ImmutableString, Map, Scope};

/// What a variable is, and how large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub name: String,
    pub kind: String,
    /// `[2, 3] float32`, `12 fields`; empty where there is nothing to tell.
    pub shape: String,
    /// In bytes, of what the value holds; `None` where it cannot be told.
    pub bytes: Option<usize>,
    /// Where it lives, if not where the prompt is: `fit in stdlib/train.rhai`.
    pub place: String,
}

/// The variables of `scope` with their sizes, in the order of their names.
pub fn measure(engine: &Engine, kinds: Kinds, scope: &Scope) -> Vec<Measure> {
    let mut measured: Vec<Measure> = Vec::new();
    for variable in variables(engine, kinds, scope).into_iter().filter(|v| v.name != LAST) {
        let Some(value) = scope.get(&variable.name) else { continue };
        let Size { shape, bytes } = size(engine, kinds, &value.flatten_clone());
        let shape = shape.unwrap_or_default();
        measured.push(Measure { name: variable.name, kind: variable.kind, shape, bytes, place: String::new() });
    }
    measured.sort_by(|a, b| a.name.cmp(&b.name));
    measured
}

/// How large a value is, which is not shared.
pub fn size(engine: &Engine, kinds: Kinds, value: &Dynamic) -> Size {
    let Ok(_level) = deeper(DEEPEST) else { return Size { shape: None, bytes: None } };
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Size { shape: Some(format!("{} characters", text.chars().count())), bytes: Some(text.len()) };
    }
    if let Some(elements) = elements(value) {
        let what = if value.is_map() { "fields" } else { "elements" };
        let known: usize = elements.iter().filter_map(|e| size(engine, kinds, e).bytes).sum();
        let bytes = known + elements.len() * size_of::<Dynamic>();
        return Size { shape: Some(format!("{} {what}", elements.len())), bytes: Some(bytes) };
    }
    let is_plain = value.is_int() || value.is_float() || value.is_bool() || value.is_unit() || value.is_char();
    let size = match kinds.of(value).and_then(|kind| kind.size) {
        Some(size) => size(value),
        None => Size { shape: None, bytes: is_plain.then_some(size_of::<Dynamic>()) },
    };
    Size { shape: size.shape.or_else(|| counted(engine, value)), ..size }
}

/// Of objects that have a length.
fn counted(engine: &Engine, value: &Dynamic) -> Option<String> {
    let length = engine.eval_fn_call::<i64>("len", None, (value.clone(),)).ok()?;
    Some(format!("{length} elements"))
}

/// The elements of an array or map.
fn elements(value: &Dynamic) -> Option<Vec<Dynamic>> {
    if let Some(array) = value.read_lock::<Array>() {
        return Some(array.to_vec());
    }
    value.read_lock::<Map>().map(|map| map.values().cloned().collect())
}
