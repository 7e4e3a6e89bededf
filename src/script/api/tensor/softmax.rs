//! Scores to probabilities.

use super::{args, table::done};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::plugin::*;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// e^x over the sum of e^x along `dim`: numbers between 0 and 1 that add up to 1. Floats only.
    ///
    /// ```rhai
    /// assert_close(softmax(tensor([0.0, 1.0]), 0), [0.268941, 0.731059], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn softmax(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        if !x.is_floating_point() {
            return Err(args::needs_floats("softmax", &x).into());
        }
        done(x.f_softmax(dim, None), "softmax", &[&x])
    }

    /// The logarithm of `softmax`, without its loss of digits. Floats only.
    ///
    /// ```rhai
    /// assert_close(log_softmax(tensor([0.0, 1.0]), 0), [-1.313262, -0.313262], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn log_softmax(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        if !x.is_floating_point() {
            return Err(args::needs_floats("log_softmax", &x).into());
        }
        done(x.f_log_softmax(dim, None), "log_softmax", &[&x])
    }
}
