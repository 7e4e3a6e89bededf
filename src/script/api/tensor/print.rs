//! Tensors in `print`, in strings and in messages.

use crate::ml::tensor::format;
use crate::script::api::handles::TensorHandle;
use rhai::plugin::*;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The elements, shape and kind as text; large tensors are shortened.
    ///
    /// ```rhai
    /// print(tensor([[1, 2], [3, 4]]));
    /// ```
    #[rhai_fn(pure)]
    pub fn to_string(x: &mut TensorHandle) -> String {
        format(x)
    }

    /// The same as `to_string`.
    ///
    /// ```rhai
    /// assert(tensor([1.5]).to_debug().contains("1.5"));
    /// ```
    #[rhai_fn(pure)]
    pub fn to_debug(x: &mut TensorHandle) -> String {
        format(x)
    }
}
