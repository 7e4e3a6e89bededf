//! Gradient clipping.

use super::parameters::parameters;
use crate::error::{Error, Result};
use crate::ml::optim;
use crate::script::{
    api::handles::TensorHandle,
    base::{
        ScriptResult,
        options::{number, shown},
    },
};
use rhai::{Dynamic, plugin::*};
use tch::Tensor;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Scales the gradients of a network or of tensors so that their joint 2-norm is at most `max_norm`, and gives the
    /// norm that they had, a tensor of one element.
    ///
    /// ```rhai
    /// let w = parameter(tensor([3.0, 4.0]));
    /// (w * w / 2).sum().backward();
    /// assert_close(clip_grad_norm([w], 1.0), 5.0, 1e-5);
    /// assert_close(w.grad, [0.6, 0.8], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clip_grad_norm(parameters: Dynamic, max_norm: Dynamic) -> ScriptResult<TensorHandle> {
        let function = "clip_grad_norm";
        let params = super::parameters(function, &parameters, "")?;
        Ok(optim::clip_grad_norm(&tensors(params), limit(function, &max_norm)?, 2.0)?.into())
    }

    /// The joint 2-norm of the gradients of a network or of tensors, a tensor of one element; 0 where there are none.
    ///
    /// ```rhai
    /// let w = parameter(tensor([3.0, 4.0]));
    /// (w * w / 2).sum().backward();
    /// assert_close(grad_norm([w]), 5.0, 1e-5);
    /// assert_close(w.grad, [3.0, 4.0], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn grad_norm(parameters: Dynamic) -> ScriptResult<TensorHandle> {
        Ok(optim::grad_norm(&tensors(super::parameters("grad_norm", &parameters, "")?))?.into())
    }

    /// Cuts each element of the gradients of a network or of tensors to between `-max` and `max`.
    ///
    /// ```rhai
    /// let w = parameter(tensor([3.0, -4.0]));
    /// (w * w / 2).sum().backward();
    /// clip_grad_value([w], 1);
    /// assert_eq(w.grad, tensor([1.0, -1.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clip_grad_value(parameters: Dynamic, max: Dynamic) -> ScriptResult<()> {
        let function = "clip_grad_value";
        let params = super::parameters(function, &parameters, "")?;
        Ok(optim::clip_grad_value(&tensors(params), limit(function, &max)?)?)
    }
}

fn tensors(named: Vec<(String, Tensor)>) -> Vec<Tensor> {
    named.into_iter().map(|(_, tensor)| tensor).collect()
}

fn limit(function: &str, value: &Dynamic) -> Result<f64> {
    number(value)
        .filter(|max| *max >= 0.0)
        .ok_or_else(|| Error::value(format!("{function} takes a limit of at least 0, got {}", shown(value))))
}
