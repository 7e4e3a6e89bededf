//! The interpreter as the language asks for it: its limits, its prints, and no function of the program's yet.

use super::{namespaces, syntax, watchdog};
use crate::output::{complain, say};
use rhai::{Engine, OptimizationLevel};

/// Deep enough for any sensible script, shallow enough for the stack that the program gives its interpreter.
const MAX_EXPRESSION_DEPTH: usize = 128;

/// What a script may take of the interpreter; 0 stands for no limit, but for the depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a script may run without touching a tensor.
    pub operations: u64,
    /// How deep functions may call each other.
    pub depth: usize,
    /// How many bytes a text may have.
    pub string: usize,
    /// How many values an array may have, those in the arrays in it included; so with maps.
    pub array: usize,
    pub map: usize,
}

impl Limits {
    /// As deep as the stack allows that the program gives its interpreter.
    pub const DEEPEST: usize = 1000;
}

impl Default for Limits {
    fn default() -> Self {
        Limits { operations: 1_000_000_000, depth: 200, string: 0, array: 0, map: 0 }
    }
}

/// An interpreter that knows the language, and Rhai's own functions.
pub fn interpreter(limits: Limits) -> Engine {
    let mut engine = Engine::new();
    limit(&mut engine, limits);
    syntax::extend(&mut engine);
    namespaces::register(&mut engine);
    // A map or an array of nothing but constants would be folded into one value, whose closures find no function of their file;
    // and what the interpreter folds takes no time in a step of a training.
    engine.set_optimization_level(OptimizationLevel::None);
    // A misspelt option or field must not read as `()`.
    engine.set_fail_on_invalid_map_property(true);
    engine.on_print(say);
    engine.on_debug(|text, source, position| {
        let parts = [
            source.map(str::to_string),
            position.line().map(|n| n.to_string()),
            position.position().map(|n| n.to_string()),
        ];
        let place: Vec<String> = parts.into_iter().flatten().collect();
        complain(&format!("{}: {text}", place.join(":")));
    });
    watchdog::watch(&mut engine, limits.operations);
    engine
}

/// An interpreter that only parses: it knows the language, but no function.
pub fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    limit(&mut engine, Limits::default());
    engine.set_optimization_level(OptimizationLevel::None);
    syntax::extend(&mut engine);
    engine
}

/// Debug and release builds have different defaults: sets them all.
fn limit(engine: &mut Engine, limits: Limits) {
    engine.set_max_call_levels(limits.depth);
    engine.set_max_expr_depths(MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_DEPTH);
    engine.set_max_string_size(limits.string);
    engine.set_max_array_size(limits.array);
    engine.set_max_map_size(limits.map);
}
