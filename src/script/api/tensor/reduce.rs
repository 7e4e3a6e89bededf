//! Reductions: over all elements, or along one or several dimensions.

use super::{
    args,
    table::{Row, another_form, done, done_with_scalar, function},
};
use crate::error::Error;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Array, Map, Module, plugin::*};
use tch::{TchError, Tensor};

type Made = Result<Tensor, TchError>;

/// Over all elements, and along dimensions.
type Reduction = (fn(&Tensor) -> Made, fn(&Tensor, &[i64], bool) -> Made);

const REDUCTIONS: &[Row<Reduction>] = &[
    (
        "sum",
        "The sum; int64 for integers and bools",
        "let x = tensor([[1, 2], [3, 4]]);\nassert_eq(x.sum().item(), 10);\nassert_eq(x.sum(0), tensor([4, 6]));\n\
         assert_eq(x.sum(-1, true).shape, [2, 1]);",
        (|x| x.f_sum(None), |x, dims, keep| x.f_sum_dim_intlist(dims, keep, None)),
    ),
    (
        "mean",
        "The mean, of floats only",
        "assert_eq(tensor([[1.0, 2.0], [3.0, 4.0]]).mean(1), tensor([1.5, 3.5]));",
        (|x| x.f_mean(None), |x, dims, keep| x.f_mean_dim(dims, keep, None)),
    ),
    (
        "amax",
        "The largest element (`max` along a dimension also tells where it is)",
        "assert_eq(tensor([[1, 2], [4, 3]]).amax(1), tensor([2, 4]));",
        (|x| x.f_max(), |x, dims, keep| x.f_amax(dims, keep)),
    ),
    (
        "amin",
        "The smallest element (`min` along a dimension also tells where it is)",
        "assert_eq(tensor([[1, 2], [4, 3]]).amin(1), tensor([1, 3]));",
        (|x| x.f_min(), |x, dims, keep| x.f_amin(dims, keep)),
    ),
    (
        "prod",
        "The product; int64 for integers and bools",
        "assert_eq(tensor([[1, 2], [3, 4]]).prod(1), tensor([2, 12]));",
        (|x| x.f_prod(None), |x, dims, keep| x.f_prod_dim_int(one(dims)?, keep, None)),
    ),
    (
        "argmax",
        "Where the largest element is, as int64; over all, its place among the flattened elements",
        "assert_eq(tensor([[1, 5], [7, 3]]).argmax(1), tensor([1, 0]));",
        (|x| x.f_argmax(None, false), |x, dims, keep| x.f_argmax(one(dims)?, keep)),
    ),
    (
        "argmin",
        "Where the smallest element is, as int64; over all, its place among the flattened elements",
        "assert_eq(tensor([[1, 5], [7, 3]]).argmin(1), tensor([0, 1]));",
        (|x| x.f_argmin(None, false), |x, dims, keep| x.f_argmin(one(dims)?, keep)),
    ),
    (
        "any",
        "Whether any element is true or not 0, as a bool tensor",
        "assert((tensor([1, 2]) > 1).any().item());",
        (|x| x.f_any(), |x, dims, keep| x.f_any_dims(dims, keep)),
    ),
    (
        "all",
        "Whether all elements are true or not 0, as a bool tensor",
        "assert(!(tensor([1, 2]) > 1).all().item());",
        (|x| x.f_all(), |x, dims, keep| x.f_all_dims(dims, keep)),
    ),
    (
        "logsumexp",
        "ln(Σ e^x), without overflow",
        "assert_close(tensor([1000.0, 1000.0]).logsumexp(), 1000.6931, 1e-3);",
        (|x| x.f_logsumexp((0..x.dim() as i64).collect::<Vec<_>>(), false), |x, dims, keep| x.f_logsumexp(dims, keep)),
    ),
    (
        "count_nonzero",
        "The number of elements that are not 0, as int64",
        "assert_eq(tensor([[0, 2], [3, 4]]).count_nonzero().item(), 3);",
        (|x| x.f_count_nonzero(None), |x, dims, keep| x.f_ne(0)?.f_sum_dim_intlist(dims, keep, None)),
    ),
];

const COMMON: &str = "over all elements; along a dimension, `sum(x, 1)`-like, which falls away; or along several, \
    `[0, 1]`. With `true` behind it, the dimension stays with size 1. Dimension -1 is the last.\n\n\
    Errors: a dimension that `x` does not have.";

/// For reductions that libtorch has along a single dimension.
fn one(dims: &[i64]) -> Result<i64, TchError> {
    match dims {
        [dim] => Ok(*dim),
        _ => Err(TchError::Shape(format!("takes one dimension, got {dims:?}"))),
    }
}

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, (all, along)) in REDUCTIONS {
        let doc = format!("{doc}: {}", COMMON.replace("sum(", &format!("{name}(")));
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| done(all(&x), name, &[&x]));
        another_form(name, &["x: Tensor", "dim: int", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, dim: i64| {
                done_with_scalar(|| along(&x, &[dim], false), name, &[&x])
            });
        another_form(name, &["x: Tensor", "dim: int", "keepdim: bool", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, dim: i64, keep: bool| {
                done_with_scalar(|| along(&x, &[dim], keep), name, &[&x])
            });
        let several = move |x: TensorHandle, dims: Array, keep: bool| {
            let dims = args::integers(name, "an array of dimensions", &dims.into())?;
            done_with_scalar(|| along(&x, &dims, keep), name, &[&x])
        };
        another_form(name, &["x: Tensor", "dims: Array", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, dims: Array| several(x, dims, false));
        another_form(name, &["x: Tensor", "dims: Array", "keepdim: bool", "Tensor"])
            .set_into_module(&mut module, several);
    }
    module
}

/// The variance; `dims` empty for all.
fn variance(name: &'static str, x: &Tensor, dims: &[i64], options: Map) -> ScriptResult<TensorHandle> {
    let mut options = Options::new(name, options);
    let (unbiased, keep) = (options.boolean("unbiased", true)?, options.boolean("keepdim", false)?);
    options.done()?;
    if !x.is_floating_point() {
        return Err(args::needs_floats(name, x).into());
    }
    let spread = || match name {
        "variance" => x.f_var_correction(dims, i64::from(unbiased), keep),
        _ => x.f_std_correction(dims, i64::from(unbiased), keep),
    };
    done_with_scalar(spread, name, &[x])
}

const SPREAD: [(&str, &str, &str); 2] = [
    (
        "variance",
        "The variance (`var` is a word that Rhai keeps for itself)",
        "assert_close(tensor([1.0, 2.0, 3.0]).variance(), 1.0, 1e-6);\n\
      assert_close(tensor([1.0, 2.0, 3.0]).variance(0, #{ unbiased: false }), 0.666667, 1e-5);",
    ),
    ("std", "The standard deviation", "assert_close(tensor([1.0, 3.0]).std(), 1.414214, 1e-5);"),
];

/// `variance` and `std`, which take options.
pub fn spread() -> Module {
    let mut module = Module::new();
    for (name, doc, example) in SPREAD {
        let doc = format!(
            "{doc} of floats, over all elements or along a dimension or several. It divides by one less than the number \
             of elements, unless `unbiased` is false.\nOptions: `unbiased` (true), `keepdim` (false)."
        );
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| variance(name, &x, &[], Map::new()));
        another_form(name, &["x: Tensor", "options: Map", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, options: Map| variance(name, &x, &[], options));
        let along = move |x: TensorHandle, dim: Dynamic, options: Map| {
            variance(name, &x, &args::integers(name, "a dimension or an array of them", &dim)?, options)
        };
        another_form(name, &["x: Tensor", "dim", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle, dim: Dynamic| along(x, dim, Map::new()));
        another_form(name, &["x: Tensor", "dim", "options: Map", "Tensor"]).set_into_module(&mut module, along);
        another_form(name, &["x: Tensor", "dim", "keepdim: bool", "Tensor"]).set_into_module(
            &mut module,
            move |x: TensorHandle, dim: Dynamic, keep: bool| {
                along(x, dim, Map::from([("keepdim".into(), keep.into())]))
            },
        );
    }
    module
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The sums of the elements up to each one, along `dim`.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2, 3]).cumsum(0), tensor([1, 3, 6]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cumsum(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        done(x.f_cumsum(dim, None), "cumsum", &[&x])
    }

    /// The products of the elements up to each one, along `dim`.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2, 3]).cumprod(0), tensor([1, 2, 6]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cumprod(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        done(x.f_cumprod(dim, None), "cumprod", &[&x])
    }

    /// How often each of the numbers 0, 1, … stands in a tensor of one dimension of int64; at least `minlength` counts.
    ///
    /// Errors: negative numbers, or another kind or shape.
    ///
    /// ```rhai
    /// assert_eq(tensor([0, 2, 2]).bincount(4), tensor([1, 0, 2, 0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bincount(x: TensorHandle, minlength: i64) -> ScriptResult<TensorHandle> {
        let most = if x.kind() == tch::Kind::Int64 && x.numel() > 0 {
            x.f_max().and_then(|m| m.f_int64_value(&[])).map_err(Error::from)?
        } else {
            0
        };
        args::room("bincount", &[minlength.max(most).max(0)], tch::Kind::Int64)?;
        done(x.f_bincount(None::<&Tensor>, minlength), "bincount", &[&x])
    }
}
