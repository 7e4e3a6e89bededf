//! What closures are.

use rhai::{Array, Dynamic, FnPtr, plugin::*};

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
}
