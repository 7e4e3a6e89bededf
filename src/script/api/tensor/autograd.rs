//! Gradients.

use super::args;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    optim,
    tensor::{During, describe},
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext, plugin::*};
use tch::Tensor;

fn track(x: &Tensor, on: bool, operation: &str) -> Result<()> {
    if on && !x.is_floating_point() {
        let message =
            format!("{operation}: only floats have gradients, and this is {}; x.float() makes them", describe(x));
        return Err(Error::new(ErrorKind::Kind, message));
    }
    let _same = x.shallow_clone().f_requires_grad_(on).during(operation, &[x])?;
    Ok(())
}

fn has_graph(y: &Tensor, operation: &str) -> Result<()> {
    if y.requires_grad() {
        return Ok(());
    }
    let message = format!(
        "{operation} of {}: no part of it has gradients; make a tensor with #{{ requires_grad: true }} or parameter(x), \
         and compute from it outside of no_grad",
        describe(y)
    );
    Err(Error::value(message))
}

fn is_scalar(y: &Tensor, operation: &str) -> Result<()> {
    if super::shape::count(y) == 1 {
        return Ok(());
    }
    let message = format!("{operation} starts from one number, got {}; take its sum() or mean()", describe(y));
    Err(Error::shape(message))
}

fn gradients(y: &Tensor, inputs: &Array, options: Map) -> Result<Array> {
    let mut options = Options::new("grad", options);
    let create_graph = options.boolean("create_graph", false)?;
    let retain_graph = options.boolean("retain_graph", create_graph)?;
    options.done()?;
    let inputs = args::tensors("grad", inputs)?;
    has_graph(y, "grad")?;
    is_scalar(y, "grad")?;
    if let Some(x) = inputs.iter().find(|x| !x.requires_grad()) {
        return Err(Error::value(format!("grad: {} does not require gradients", describe(x))));
    }
    if inputs.is_empty() {
        return Ok(Array::new());
    }
    let inputs: Vec<&Tensor> = inputs.iter().map(|x| &**x).collect();
    let made = Tensor::f_run_backward(&[y], &inputs, retain_graph, create_graph).during("grad", &[y])?;
    // What y does not depend on has no gradient.
    let given = |t: Tensor| if t.defined() { Dynamic::from(TensorHandle::from(t)) } else { Dynamic::UNIT };
    Ok(made.into_iter().map(given).collect())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Whether operations on the tensor are recorded for gradients. It can be set, too.
    ///
    /// ```rhai
    /// let x = ones([2]);
    /// x.requires_grad = true;
    /// assert(x.requires_grad);
    /// ```
    #[rhai_fn(get = "requires_grad", pure)]
    pub fn get_requires_grad(x: &mut TensorHandle) -> bool {
        x.requires_grad()
    }

    #[rhai_fn(set = "requires_grad", return_raw)]
    pub fn set_property(x: &mut TensorHandle, on: bool) -> ScriptResult<()> {
        Ok(track(x, on, "requires_grad")?)
    }

    /// Whether the tensor was made by the script rather than computed from tensors with gradients.
    ///
    /// ```rhai
    /// let w = parameter(ones([2]));
    /// assert(w.is_leaf && !(w * 2).is_leaf);
    /// ```
    #[rhai_fn(get = "is_leaf", pure, return_raw)]
    pub fn is_leaf(x: &mut TensorHandle) -> ScriptResult<bool> {
        Ok(x.f_is_leaf().during("is_leaf", &[x])?)
    }

    /// The gradient that `backward` left, a tensor of the same shape; `()` where there is none.
    #[rhai_fn(get = "grad", pure, return_raw)]
    pub fn get_grad(x: &mut TensorHandle) -> ScriptResult<Dynamic> {
        let grad = x.f_grad().during("grad", &[x])?;
        Ok(if grad.defined() { Dynamic::from(TensorHandle::from(grad)) } else { Dynamic::UNIT })
    }

    /// Says that operations on `x` are recorded for gradients, or, with `false`, that they are not; gives `x`.
    /// `x.requires_grad` tells.
    ///
    /// Errors: a tensor of integers or bools; switching off where `x` was computed from others (`detach` does that).
    ///
    /// ```rhai
    /// let w = zeros([2]).requires_grad_();
    /// (w * 3).sum().backward();
    /// assert_eq(w.grad, tensor([3.0, 3.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn requires_grad_(x: TensorHandle) -> ScriptResult<TensorHandle> {
        requires_grad_to(x, true)
    }

    #[rhai_fn(name = "requires_grad_", return_raw)]
    pub fn requires_grad_to(x: TensorHandle, on: bool) -> ScriptResult<TensorHandle> {
        track(&x, on, "requires_grad_")?;
        Ok(x)
    }

    /// A leaf with the elements of `x` that requires gradients: what an optimizer trains.
    ///
    /// Errors: a tensor of integers or bools.
    ///
    /// ```rhai
    /// let w = parameter(randn([2, 3]) * 0.1);
    /// assert(w.is_leaf && w.requires_grad);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn parameter(x: TensorHandle) -> ScriptResult<TensorHandle> {
        let leaf = x.f_detach().during("parameter", &[&x])?;
        track(&leaf, true, "parameter")?;
        Ok(leaf.into())
    }

    /// Computes the gradients of `y`, one number, by every leaf that it came from, and adds them to the leaves' `x.grad`.
    /// `y`'s graph is used up; `grad` can keep it.
    ///
    /// Errors: more than one element, no gradients to compute, or a graph that is used up.
    ///
    /// ```rhai
    /// let x = tensor([1.0, 2.0], #{ requires_grad: true });
    /// (x * x).sum().backward();
    /// assert_eq(x.grad, tensor([2.0, 4.0]));
    /// assert_throws(|| (x * x).backward(), "one number");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn backward(y: TensorHandle) -> ScriptResult<()> {
        has_graph(&y, "backward")?;
        is_scalar(&y, "backward")?;
        Ok(y.f_backward().during("backward", &[&y])?)
    }

    /// Starts from `gradient`, of the shape of `y`, instead of from one number.
    #[rhai_fn(name = "backward", return_raw)]
    pub fn backward_from(y: TensorHandle, gradient: TensorHandle) -> ScriptResult<()> {
        has_graph(&y, "backward")?;
        if y.size() != gradient.size() {
            let message = format!("backward of {}: the gradient is {}", describe(&y), describe(&gradient));
            return Err(Error::shape(message).into());
        }
        // The gradient of Σ y·g by y is g.
        let total = y.f_mul(&gradient).and_then(|p| p.f_sum(None)).during("backward", &[&y, &gradient])?;
        Ok(total.f_backward().during("backward", &[&y, &gradient])?)
    }

    /// The gradients of `y`, one number, by each tensor of `inputs`: an array of tensors of their shapes, with `()` for
    /// those that `y` does not depend on. `x.grad` stays as it is. Options: `create_graph` (false) records the gradients'
    /// own computation, for second derivatives; `retain_graph` (as `create_graph`) keeps `y`'s graph.
    ///
    /// ```rhai
    /// let x = tensor(3.0, #{ requires_grad: true });
    /// let first = grad(x ** 3, [x], #{ create_graph: true })[0];
    /// assert_eq(first.item(), 27.0);
    /// assert_eq(grad(first, [x])[0].item(), 18.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn grad(y: TensorHandle, inputs: Array) -> ScriptResult<Array> {
        Ok(gradients(&y, &inputs, Map::new())?)
    }

    #[rhai_fn(name = "grad", return_raw)]
    pub fn grad_with(y: TensorHandle, inputs: Array, options: Map) -> ScriptResult<Array> {
        Ok(gradients(&y, &inputs, options)?)
    }

    /// The same elements, cut off from what they were computed from.
    ///
    /// ```rhai
    /// let x = ones([2], #{ requires_grad: true });
    /// assert(!(x * 2).detach().requires_grad);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn detach(x: TensorHandle) -> ScriptResult<TensorHandle> {
        Ok(x.f_detach().during("detach", &[&x])?.into())
    }

    /// A copy of the elements, with the way back to `x` for gradients.
    ///
    /// ```rhai
    /// let x = ones([2]);
    /// let y = x.clone();
    /// y.zero_();
    /// assert_eq(x, ones([2]));
    /// ```
    #[rhai_fn(name = "clone", return_raw)]
    pub fn copy(x: TensorHandle) -> ScriptResult<TensorHandle> {
        Ok(x.f_to_dtype(x.kind(), false, true).during("clone", &[&x])?.into())
    }

    /// Drops `x.grad`, so that the next `backward` starts anew.
    ///
    /// ```rhai
    /// let x = ones([2], #{ requires_grad: true });
    /// x.sum().backward();
    /// x.zero_grad();
    /// assert_eq(x.grad, ());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn zero_grad(x: TensorHandle) -> ScriptResult<()> {
        Ok(optim::zero_grad(&x)?)
    }

    /// Runs `f` without recording for gradients, and gives what it gives. Recording goes on afterwards, after an error too.
    ///
    /// ```rhai
    /// let w = ones([2], #{ requires_grad: true });
    /// no_grad(|| w.sub_(0.5));
    /// assert_eq(w.detach(), tensor([0.5, 0.5]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn no_grad(context: NativeCallContext, f: FnPtr) -> ScriptResult<Dynamic> {
        let _off = tch::no_grad_guard();
        f.call_within_context(&context, ())
    }
}
