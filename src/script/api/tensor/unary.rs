//! Functions of one tensor, element by element.

use super::table::{Row, done, function};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::Module;
use tch::{Kind, TchError, Tensor};

type Unary = fn(&Tensor) -> Result<Tensor, TchError>;

/// Real functions: integers and bools give float32.
const REAL: &[Row<Unary>] = &[
    ("exp", "e^x", "assert_close(tensor([0, 1]).exp(), [1.0, 2.718282], 1e-5);", |x| x.f_exp()),
    ("exp2", "2^x", "assert_close(tensor([0, 3]).exp2(), [1, 8], 1e-6);", |x| x.f_exp2()),
    ("expm1", "e^x - 1, exact for small x", "assert_close(tensor([0.0, 1e-6]).expm1(), [0.0, 1e-6], 1e-11);", |x| {
        x.f_expm1()
    }),
    (
        "log",
        "The natural logarithm; -inf at 0, NaN below",
        "assert_close(tensor([1.0, 2.718282]).log(), [0, 1], 1e-6);",
        |x| x.f_log(),
    ),
    ("log2", "The logarithm to base 2", "assert_close(tensor([1, 8]).log2(), [0, 3], 1e-6);", |x| x.f_log2()),
    ("log10", "The logarithm to base 10", "assert_close(tensor([1, 100]).log10(), [0, 2], 1e-6);", |x| x.f_log10()),
    ("log1p", "ln(1 + x), exact for small x", "assert_close(tensor([0.0, 1e-6]).log1p(), [0.0, 1e-6], 1e-11);", |x| {
        x.f_log1p()
    }),
    ("sqrt", "The square root; NaN below 0", "assert_eq(tensor([4, 9]).sqrt(), tensor([2.0, 3.0]));", |x| x.f_sqrt()),
    ("rsqrt", "1 / √x", "assert_close(tensor([4, 16]).rsqrt(), [0.5, 0.25], 1e-6);", |x| x.f_rsqrt()),
    ("reciprocal", "1 / x", "assert_eq(tensor([2, 4]).reciprocal(), tensor([0.5, 0.25]));", |x| x.f_reciprocal()),
    ("sin", "The sine of x in radians", "assert_close(tensor([0.0, 1.570796]).sin(), [0, 1], 1e-6);", |x| x.f_sin()),
    ("cos", "The cosine of x in radians", "assert_close(tensor([0.0, 3.141593]).cos(), [1, -1], 1e-6);", |x| x.f_cos()),
    ("tan", "The tangent of x in radians", "assert_close(tensor([0.0, 0.785398]).tan(), [0, 1], 1e-5);", |x| x.f_tan()),
    ("asin", "The angle whose sine is x", "assert_close(tensor([0, 1]).asin(), [0, 1.570796], 1e-5);", |x| x.f_asin()),
    ("acos", "The angle whose cosine is x", "assert_close(tensor([1, -1]).acos(), [0, 3.141593], 1e-5);", |x| {
        x.f_acos()
    }),
    ("atan", "The angle whose tangent is x", "assert_close(tensor([0, 1]).atan(), [0, 0.785398], 1e-5);", |x| {
        x.f_atan()
    }),
    ("sinh", "The hyperbolic sine", "assert_close(tensor([0, 1]).sinh(), [0, 1.175201], 1e-5);", |x| x.f_sinh()),
    ("cosh", "The hyperbolic cosine", "assert_close(tensor([0, 1]).cosh(), [1, 1.543081], 1e-5);", |x| x.f_cosh()),
    ("tanh", "The hyperbolic tangent", "assert_close(tensor([0, 1]).tanh(), [0, 0.761594], 1e-5);", |x| x.f_tanh()),
    ("sigmoid", "1 / (1 + e^-x)", "assert_close(tensor([0, 1]).sigmoid(), [0.5, 0.731059], 1e-5);", |x| x.f_sigmoid()),
    ("erf", "The error function", "assert_close(tensor([0, 1]).erf(), [0, 0.842701], 1e-5);", |x| x.f_erf()),
    ("erfc", "1 - erf(x)", "assert_close(tensor([0, 1]).erfc(), [1, 0.157299], 1e-5);", |x| x.f_erfc()),
    ("erfinv", "The inverse of erf", "assert_close(tensor([0.0, 0.842701]).erfinv(), [0, 1], 1e-4);", |x| x.f_erfinv()),
    ("lgamma", "ln |Γ(x)|", "assert_close(tensor([1, 5]).lgamma(), [0, 3.178054], 1e-5);", |x| x.f_lgamma()),
];

/// Activations: libtorch has them for floats only.
const ACTIVATIONS: &[Row<Unary>] = &[
    (
        "gelu",
        "x·Φ(x), with Φ the normal distribution",
        "assert_close(tensor([0.0, 1.0]).gelu(), [0, 0.841345], 1e-5);",
        |x| x.f_gelu("none"),
    ),
    ("silu", "x·sigmoid(x)", "assert_close(tensor([0.0, 1.0]).silu(), [0, 0.731059], 1e-5);", |x| x.f_silu()),
    ("softplus", "ln(1 + e^x)", "assert_close(tensor([0.0, 1.0]).softplus(), [0.693147, 1.313262], 1e-5);", |x| {
        x.f_softplus()
    }),
    (
        "log_sigmoid",
        "ln(sigmoid(x))",
        "assert_close(tensor([0.0, 1.0]).log_sigmoid(), [-0.693147, -0.313262], 1e-5);",
        |x| x.f_log_sigmoid(),
    ),
    ("elu", "x where positive, else e^x - 1", "assert_close(tensor([2.0, -1.0]).elu(), [2, -0.632121], 1e-5);", |x| {
        x.f_elu()
    }),
    (
        "hardtanh",
        "x, cut to between -1 and 1",
        "assert_eq(tensor([-2.0, 0.5]).hardtanh(), tensor([-1.0, 0.5]));",
        |x| x.f_hardtanh(),
    ),
];

/// Functions that keep the kind.
const KEEPING: &[Row<Unary>] = &[
    ("abs", "|x|", "assert_eq(tensor([-1, 2]).abs(), tensor([1, 2]));", |x| x.f_abs()),
    ("neg", "-x", "assert_eq(neg(tensor([-1, 2])), tensor([1, -2]));", |x| x.f_neg()),
    ("square", "x²", "assert_eq(tensor([-1, 2]).square(), tensor([1, 4]));", |x| x.f_square()),
    ("relu", "x where positive, else 0", "assert_eq(tensor([-1, 2]).relu(), tensor([0, 2]));", |x| x.f_relu()),
    ("sign", "-1, 0 or 1", "assert_eq(tensor([-3.0, 0.0, 2.0]).sign(), tensor([-1.0, 0.0, 1.0]));", |x| x.f_sign()),
    ("floor", "The whole number at or below x", "assert_eq(tensor([1.5, -1.5]).floor(), tensor([1.0, -2.0]));", |x| {
        x.f_floor()
    }),
    ("ceil", "The whole number at or above x", "assert_eq(tensor([1.5, -1.5]).ceil(), tensor([2.0, -1.0]));", |x| {
        x.f_ceil()
    }),
    (
        "round",
        "The nearest whole number, the even one of two",
        "assert_eq(tensor([0.5, 1.5]).round(), tensor([0.0, 2.0]));",
        |x| x.f_round(),
    ),
    ("trunc", "x without its fraction", "assert_eq(tensor([1.5, -1.5]).trunc(), tensor([1.0, -1.0]));", |x| {
        x.f_trunc()
    }),
    ("frac", "The fraction of x", "assert_eq(tensor([1.5, -1.5]).frac(), tensor([0.5, -0.5]));", |x| x.f_frac()),
];

/// Questions about each element: a bool tensor.
const TESTS: &[Row<Unary>] = &[
    ("isnan", "Where x is not a number", "assert_eq(tensor([0.0, 1.0]).log().isnan(), tensor([false, false]));", |x| {
        x.f_isnan()
    }),
    ("isinf", "Where x is infinite", "assert_eq(tensor([0.0, 1.0]).log().isinf(), tensor([true, false]));", |x| {
        x.f_isinf()
    }),
    (
        "isfinite",
        "Where x is a number and finite",
        "assert_eq(tensor([0.0, 1.0]).log().isfinite(), tensor([false, true]));",
        |x| x.f_isfinite(),
    ),
    (
        "logical_not",
        "Where x is 0 or false; `!x` too",
        "assert_eq(tensor([0, 2]).logical_not(), tensor([true, false]));",
        |x| x.f_logical_not(),
    ),
];

const FAMILIES: [(&[Row<Unary>], &str); 4] = [
    (REAL, "element by element, in the shape of `x`. Integers and bools give float32."),
    (ACTIVATIONS, "element by element, in the shape and kind of `x`.\n\nErrors: a tensor of integers or bools."),
    (KEEPING, "element by element, in the shape and kind of `x`."),
    (TESTS, "element by element, as a bool tensor in the shape of `x`."),
];

pub fn table() -> Module {
    let mut module = Module::new();
    for (rows, common) in FAMILIES {
        let needs_floats = common.contains("Errors");
        for &(name, doc, example, apply) in rows {
            function(name, &format!("{doc}, {common}"), example, &["x: Tensor", "Tensor"]).set_into_module(
                &mut module,
                move |x: TensorHandle| -> ScriptResult<TensorHandle> {
                    if needs_floats && matches!(x.kind(), Kind::Int64 | Kind::Bool) {
                        return Err(super::args::needs_floats(name, &x).into());
                    }
                    done(apply(&x), name, &[&x])
                },
            );
        }
    }
    module
}
