//! Functions as values: what closures are, and the functions of a text by their names.

use crate::script::base::ScriptResult;
use crate::script::language::namespaces::function_named;
use rhai::{Array, Dynamic, FnPtr, NativeCallContext, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The values of the variables that a closure has captured, an array, in no certain order; none of a function that is named.
    ///
    /// ```rhai
    /// let rate = 0.1;
    /// assert_eq(captured(|s| s.epoch * rate), [0.1]);
    /// ```
    pub fn captured(closure: FnPtr) -> Array {
        closure.curry().iter().map(Dynamic::flatten_clone).collect()
    }

    /// What `Fn("name")` is read as: the function of this name in the file in which it stands, wherever it is called. Where the file has none,
    /// or several that differ in their parameters, it is looked for where it is called, there and among the program's.
    ///
    /// ```rhai
    /// fn twice(x) { 2 * x }
    /// let f = Fn("twice");
    /// assert_eq(f.call(3), 6);
    /// assert_eq(["a", "b"].map(Fn("to_upper")), ["A", "B"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fn_named(context: NativeCallContext, name: &str) -> ScriptResult<FnPtr> {
        function_named(context.global_runtime_state(), name)
    }
}
