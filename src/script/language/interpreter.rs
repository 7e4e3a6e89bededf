//! The interpreter: its limits, its prints, and everything that a script can call.

use super::{
    api,
    resolver::Resolver,
    settings::{Limits, Settings},
    sources::Sources,
    stdlib, syntax, watch,
};
use crate::error::Result;
use crate::terminal::{complain, say};
use rhai::{Dynamic, Engine, OptimizationLevel};
use std::rc::Rc;

/// Deep enough for any sensible script, shallow enough for the stack that the program gives its interpreter.
const MAX_EXPRESSION_DEPTH: usize = 128;

/// # Errors
/// A stdlib file of the user's own (beside the script or in `IMDBSH_PATH`) that does not parse.
pub fn build(settings: &Rc<Settings>, sources: &Sources, resolver: Resolver) -> Result<Engine> {
    let mut engine = Engine::new();
    limit(&mut engine, settings.limits);
    syntax::extend(&mut engine);
    // `Full` would run native functions at compile time.
    engine.set_optimization_level(OptimizationLevel::Simple);
    // A misspelt option or field must not read as `()`.
    engine.set_fail_on_invalid_map_property(true);
    engine.set_default_tag(Dynamic::from(settings.clone()));
    engine.set_module_resolver(resolver);
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
    watch::watch(&mut engine, settings.limits.operations);
    api::register(&mut engine);
    api::pause::register(&mut engine, settings)?;
    stdlib::register(&mut engine, settings, sources)?;
    Ok(engine)
}

/// Debug and release builds have different defaults: sets them all.
pub fn limit(engine: &mut Engine, limits: Limits) {
    engine.set_max_call_levels(limits.depth);
    engine.set_max_expr_depths(MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_DEPTH);
    engine.set_max_string_size(limits.string);
    engine.set_max_array_size(limits.array);
    engine.set_max_map_size(limits.map);
}
