//! Arrays and maps compared, as Rhai does it, but no deeper than the stack lets it.

use crate::script::base::{
    ScriptResult,
    nesting::{DEEPEST, deeper},
};
use rhai::{Array, Dynamic, EvalAltResult, Map, plugin::*};

/// Whether the function `==` calls them equal, which a type of the script's can have its own of.
fn is_same(context: &NativeCallContext, a: &mut Dynamic, b: &mut Dynamic) -> ScriptResult<bool> {
    let _level = deeper(DEEPEST)?;
    let types = (a.type_id(), b.type_id());
    match context.call_native_fn_raw("==", true, &mut [a, b]) {
        Ok(same) => Ok(same.as_bool().unwrap_or(false)),
        // Values of two types that nothing compares are not equal.
        Err(e) if types.0 != types.1 && matches!(*e, EvalAltResult::ErrorFunctionNotFound(..)) => Ok(false),
        Err(e) => Err(e),
    }
}

fn are_same_arrays(context: &NativeCallContext, a: &mut Array, mut b: Array) -> ScriptResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter_mut().zip(&mut b) {
        if !is_same(context, a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn are_same_maps(context: &NativeCallContext, a: &mut Map, mut b: Map) -> ScriptResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, a) in a {
        let Some(b) = b.get_mut(key) else { return Ok(false) };
        if !is_same(context, a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Whether two arrays or maps have the same values at the same places.
    ///
    /// Errors: values of a type that nothing compares; more than 1,000 of them nested in each other.
    ///
    /// ```rhai
    /// assert([1, #{ a: [2] }] == [1, #{ a: [2] }]);
    /// ```
    #[rhai_fn(name = "==", return_raw, pure)]
    pub fn same_arrays(context: NativeCallContext, a: &mut Array, b: Array) -> ScriptResult<bool> {
        are_same_arrays(&context, a, b)
    }

    #[rhai_fn(name = "==", return_raw, pure)]
    pub fn same_maps(context: NativeCallContext, a: &mut Map, b: Map) -> ScriptResult<bool> {
        are_same_maps(&context, a, b)
    }

    /// Whether two arrays or maps differ.
    ///
    /// Errors: as those of `==`.
    ///
    /// ```rhai
    /// assert([1, 2] != [2, 1]);
    /// ```
    #[rhai_fn(name = "!=", return_raw, pure)]
    pub fn other_arrays(context: NativeCallContext, a: &mut Array, b: Array) -> ScriptResult<bool> {
        Ok(!are_same_arrays(&context, a, b)?)
    }

    #[rhai_fn(name = "!=", return_raw, pure)]
    pub fn other_maps(context: NativeCallContext, a: &mut Map, b: Map) -> ScriptResult<bool> {
        Ok(!are_same_maps(&context, a, b)?)
    }
}
