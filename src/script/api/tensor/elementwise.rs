//! Functions of several tensors or with parameters, element by element.

use super::{
    args,
    table::{Row, another_form, done, done_with_scalar, function},
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::number};
use rhai::{Dynamic, Module, plugin::*};
use tch::{Kind, TchError, Tensor};

type Binary = fn(&Tensor, &Tensor) -> Result<Tensor, TchError>;

const BINARY: &[Row<Binary>] = &[
    ("maximum", "The larger of x and y", "assert_eq(maximum(tensor([1, 5]), 3), tensor([3, 5]));", |x, y| {
        x.f_maximum(y)
    }),
    ("minimum", "The smaller of x and y", "assert_eq(minimum(tensor([1, 5]), 3), tensor([1, 3]));", |x, y| {
        x.f_minimum(y)
    }),
    (
        "atan2",
        "The angle of the point (y, x), from -π to π",
        "assert_close(atan2(tensor([1.0]), tensor([1.0])), [0.785398], 1e-5);",
        |x, y| x.f_atan2(y),
    ),
    ("hypot", "√(x² + y²)", "assert_close(hypot(tensor([3.0]), tensor([4.0])), [5], 1e-6);", |x, y| x.f_hypot(y)),
    (
        "logaddexp",
        "ln(e^x + e^y), without overflow",
        "assert_close(logaddexp(tensor([1000.0]), tensor([1000.0])), [1000.6931], 1e-3);",
        |x, y| x.f_logaddexp(y),
    ),
    (
        "logical_and",
        "Where both are neither 0 nor false",
        "assert_eq(logical_and(tensor([1, 2]), tensor([0, 3])), tensor([false, true]));",
        |x, y| x.f_logical_and(y),
    ),
    (
        "logical_or",
        "Where one or both are neither 0 nor false",
        "assert_eq(logical_or(tensor([0, 2]), tensor([0, 3])), tensor([false, true]));",
        |x, y| x.f_logical_or(y),
    ),
    (
        "logical_xor",
        "Where one but not both are neither 0 nor false",
        "assert_eq(logical_xor(tensor([1, 2]), tensor([0, 3])), tensor([true, false]));",
        |x, y| x.f_logical_xor(y),
    ),
    (
        "floor_divide",
        "x / y, rounded down",
        "assert_eq(floor_divide(tensor([-7, 7]), 2), tensor([-4, 3]));",
        floor_divide,
    ),
];

/// The smallest int64 divided by -1 stops the processor: dividing by -1 is a change of sign instead.
fn floor_divide(x: &Tensor, y: &Tensor) -> Result<Tensor, TchError> {
    if y.kind() != Kind::Int64 || x.is_floating_point() {
        return x.f_floor_divide(y);
    }
    let minus_one = y.f_eq(-1)?;
    x.f_neg()?.f_where_self(&minus_one, &x.f_floor_divide(&y.f_masked_fill(&minus_one, 1)?)?)
}

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, apply) in BINARY {
        let doc = format!("{doc}, element by element. `y` is a tensor or a number; shapes are broadcast.");
        function(name, &doc, example, &["x: Tensor", "y: Tensor", "Tensor"]).set_into_module(
            &mut module,
            move |x: TensorHandle, y: TensorHandle| -> ScriptResult<TensorHandle> {
                done_with_scalar(|| apply(&x, &y), name, &[&x, &y])
            },
        );
        another_form(name, &["x: Tensor", "y", "Tensor"]).set_into_module(
            &mut module,
            move |x: TensorHandle, y: Dynamic| -> ScriptResult<TensorHandle> {
                let y = args::operand(name, &y, Some(x.kind()))?;
                done_with_scalar(|| apply(&x, &y), name, &[&x, &y])
            },
        );
    }
    module
}

/// A bound that may be left open with `()`.
fn bound(value: &Dynamic) -> ScriptResult<Option<args::Number>> {
    if value.is_unit() { Ok(None) } else { Ok(Some(args::number("clamp", value)?)) }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// `x` with what lies below `min` made `min`, and what lies above `max` made `max`; `()` leaves a side open.
    ///
    /// ```rhai
    /// assert_eq(tensor([-5, 0, 5]).clamp(-1, 1), tensor([-1, 0, 1]));
    /// assert_eq(tensor([-5, 0, 5]).clamp((), 1), tensor([-5, 0, 1]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clamp(x: TensorHandle, min: Dynamic, max: Dynamic) -> ScriptResult<TensorHandle> {
        let bounds = (bound(&min)?, bound(&max)?);
        let clamp = || match bounds {
            (Some(min), Some(max)) => x.f_clamp(min, max),
            (Some(min), None) => x.f_clamp_min(min),
            (None, Some(max)) => x.f_clamp_max(max),
            (None, None) => Err(TchError::Torch("needs min, max or both".into())),
        };
        done_with_scalar(clamp, "clamp", &[&x])
    }

    /// `x + weight · (end - x)`, element by element. `weight` is a number or a tensor.
    ///
    /// ```rhai
    /// assert_close(lerp(tensor([0.0, 10.0]), tensor([10.0, 20.0]), 0.5), [5, 15], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn lerp(x: TensorHandle, end: TensorHandle, weight: Dynamic) -> ScriptResult<TensorHandle> {
        match weight.clone().try_cast::<TensorHandle>() {
            Some(weight) => done(x.f_lerp_tensor(&end, &weight), "lerp", &[&x, &end, &weight]),
            None => {
                let weight = args::number("lerp", &weight)?;
                done_with_scalar(|| x.f_lerp(&end, weight), "lerp", &[&x, &end])
            }
        }
    }

    /// `x` where positive, else `slope · x`; the slope is 0.01 unless given.
    ///
    /// ```rhai
    /// assert_close(leaky_relu(tensor([2.0, -1.0]), 0.1), [2, -0.1], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn leaky_relu(x: TensorHandle) -> ScriptResult<TensorHandle> {
        leaky_relu_by(x, 0.01.into())
    }

    #[rhai_fn(name = "leaky_relu", return_raw)]
    pub fn leaky_relu_by(x: TensorHandle, slope: Dynamic) -> ScriptResult<TensorHandle> {
        let slope = args::number("leaky_relu", &slope)?;
        let leaky = || x.f_where_self(&x.f_gt(0)?, &x.f_mul_scalar(slope)?);
        done_with_scalar(leaky, "leaky_relu", &[&x])
    }

    /// `x` with NaN made `nan`, and infinities the largest and smallest numbers of its kind.
    ///
    /// ```rhai
    /// assert_eq(nan_to_num(tensor([0.0]) / 0, 5), tensor([5.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn nan_to_num(x: TensorHandle, nan: Dynamic) -> ScriptResult<TensorHandle> {
        done(x.f_nan_to_num(number(&nan), None, None), "nan_to_num", &[&x])
    }
}
