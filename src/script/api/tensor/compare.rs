//! Whether two tensors are the same, or nearly. Element by element, that is `x == y` and its like in `operators`.

use super::table::done;
use crate::ml::tensor::During;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Map, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Whether both have the same shape and the same elements. NaN is equal to nothing.
    ///
    /// ```rhai
    /// assert(equal(tensor([1, 2]), arange(1, 3)));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn equal(x: TensorHandle, y: TensorHandle) -> ScriptResult<bool> {
        Ok(x.f_equal(&y).during("equal", &[&x, &y])?)
    }

    /// Whether |x - y| ≤ atol + rtol · |y| everywhere. Options: `rtol` (1e-5), `atol` (1e-8), `equal_nan` (false).
    ///
    /// ```rhai
    /// assert(allclose(tensor([1.0]), tensor([1.000001])));
    /// assert(!allclose(tensor([1.0]), tensor([1.1])));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn allclose(x: TensorHandle, y: TensorHandle) -> ScriptResult<bool> {
        allclose_with(x, y, Map::new())
    }

    #[rhai_fn(name = "allclose", return_raw)]
    pub fn allclose_with(x: TensorHandle, y: TensorHandle, options: Map) -> ScriptResult<bool> {
        let mut options = Options::new("allclose", options);
        let (rtol, atol) = (options.number("rtol", 1e-5)?, options.number("atol", 1e-8)?);
        let equal_nan = options.boolean("equal_nan", false)?;
        options.done()?;
        Ok(x.f_allclose(&y, rtol, atol, equal_nan).during("allclose", &[&x, &y])?)
    }

    /// Where |x - y| ≤ 1e-8 + 1e-5 · |y|, as a bool tensor.
    ///
    /// ```rhai
    /// assert_eq(isclose(tensor([1.0, 2.0]), tensor([1.000001, 2.1])), tensor([true, false]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn isclose(x: TensorHandle, y: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_isclose(&y, 1e-5, 1e-8, false), "isclose", &[&x, &y])
    }
}
