//! Functions that change a tensor's elements where they are. Copies of the handle and views see the change. They end in
//! `_`, and give the tensor back.

use super::{
    args::{self, Number},
    table::{Row, another_form, done, function},
};
use crate::ml::tensor::with_scalar;
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Module, plugin::*};
use tch::{TchError, Tensor};

type Made = Result<Tensor, TchError>;
/// By a tensor, and by a number.
type Change = (fn(&mut Tensor, &Tensor) -> Made, fn(&mut Tensor, Number) -> Made);

const CHANGES: &[Row<Change>] = &[
    (
        "add_",
        "Adds `y`, a tensor or a number, to `x` where it is",
        "let x = tensor([1, 2]);\nx.add_(1);\nassert_eq(x, tensor([2, 3]));",
        (|x, y| x.f_add_(y), |x, y| x.f_add_scalar_(y)),
    ),
    (
        "sub_",
        "Takes `y`, a tensor or a number, from `x` where it is",
        "let x = tensor([1, 2]);\nx.sub_(tensor([1, 1]));\nassert_eq(x, tensor([0, 1]));",
        (|x, y| x.f_sub_(y), |x, y| x.f_sub_scalar_(y)),
    ),
    (
        "mul_",
        "Multiplies `x` by `y`, a tensor or a number, where it is",
        "let x = tensor([1, 2]);\nx.mul_(3);\nassert_eq(x, tensor([3, 6]));",
        (|x, y| x.f_mul_(y), |x, y| x.f_mul_scalar_(y)),
    ),
    (
        "div_",
        "Divides `x` by `y`, a tensor or a number, where it is",
        "let x = tensor([1.0, 2.0]);\nx.div_(2);\nassert_eq(x, tensor([0.5, 1.0]));",
        (|x, y| x.f_div_(y), |x, y| x.f_div_scalar_(y)),
    ),
    (
        "fill_",
        "Makes every element of `x` the number `y`",
        "let x = zeros([2]);\nx.fill_(7);\nassert_eq(x, tensor([7.0, 7.0]));",
        (|x, y| x.f_fill_tensor_(y), |x, y| x.f_fill_(y)),
    ),
    (
        "copy_",
        "Copies the elements of `y` into `x`; kinds and devices are converted, shapes broadcast",
        "let x = zeros([2]);\nx.copy_(tensor([1, 2]));\nassert_eq(x, tensor([1.0, 2.0]));",
        (|x, y| x.f_copy_(y).map(|()| x.shallow_clone()), |x, y| x.f_fill_(y)),
    ),
];

const COMMON: &str = ", and gives `x`.\n\nErrors: a parameter, outside of `no_grad`; a result of a wider kind or shape \
    than `x` has.";

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, (by_tensor, by_number)) in CHANGES {
        function(name, &format!("{doc}{COMMON}"), example, &["x: Tensor", "y: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, y: TensorHandle| {
                changed(x, |x| by_tensor(x, &y), name, Some(&y))
            });
        another_form(name, &["x: Tensor", "y: float", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, y: f64| {
                changed(x, |x| by_number(x, Number::Float(y)), name, None)
            });
        another_form(name, &["x: Tensor", "y: int", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, y: i64| {
                changed(x, |x| by_number(x, Number::Int(y)), name, None)
            });
    }
    module
}

/// Gives the same handle back, so that no second one of the same elements comes into being.
fn changed(
    x: TensorHandle,
    change: impl FnOnce(&mut Tensor) -> Made,
    name: &str,
    y: Option<&Tensor>,
) -> ScriptResult<TensorHandle> {
    let mut same = x.shallow_clone();
    match (with_scalar(|| change(&mut same)), y) {
        (Ok(_), _) => Ok(x),
        (failed, Some(y)) => done(failed, name, &[&x, y]),
        (failed, None) => done(failed, name, &[&x]),
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Makes every element of `x` zero, and gives `x`.
    ///
    /// ```rhai
    /// let x = ones([2]);
    /// x.zero_();
    /// assert_eq(x, zeros([2]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn zero_(x: TensorHandle) -> ScriptResult<TensorHandle> {
        changed(x, Tensor::f_zero_, "zero_", None)
    }

    /// Cuts the elements of `x` to between `min` and `max` where they are, and gives `x`.
    ///
    /// ```rhai
    /// let x = tensor([-5, 5]);
    /// x.clamp_(0, 1);
    /// assert_eq(x, tensor([0, 1]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clamp_(x: TensorHandle, min: Dynamic, max: Dynamic) -> ScriptResult<TensorHandle> {
        let (min, max) = (args::number("clamp_", &min)?, args::number("clamp_", &max)?);
        changed(x, |x| x.f_clamp_(min, max), "clamp_", None)
    }
}
