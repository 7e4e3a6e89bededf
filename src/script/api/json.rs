//! The function of the language that follows a value wherever it leads.

use crate::script::base::{ScriptResult, nesting};
use rhai::{Map, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A map as JSON. `parse_json` reads it again, but for NaN and infinities, which JSON does not have.
    ///
    /// Errors: values that are nested too deep, as one that holds itself.
    ///
    /// ```rhai
    /// assert_eq(#{ a: 1, b: [true, "x"] }.to_json(), `{"a":1,"b":[true,"x"]}`);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn to_json(map: &mut Map) -> ScriptResult<String> {
        Ok(nesting::json(map)?)
    }
}
