//! What has a value and a place: largest, smallest, middle, sorted. Along a dimension these give a map of `values` and
//! `indices`.

use super::table::{Row, another_form, done, function};
use crate::ml::tensor::During;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::Options};
use rhai::{Dynamic, Map, Module, plugin::*};
use tch::{TchError, Tensor};

type Pair = Result<(Tensor, Tensor), TchError>;
type Extreme = (fn(&Tensor) -> Result<Tensor, TchError>, fn(&Tensor, i64, bool) -> Pair);

const EXTREMES: &[Row<Extreme>] = &[
    (
        "max",
        "The largest element",
        "let x = tensor([[1, 5], [7, 3]]);\nassert_eq(x.max().item(), 7);\n\
         assert_eq(x.max(1).values, tensor([5, 7]));\nassert_eq(x.max(1).indices, tensor([1, 0]));",
        (|x| x.f_max(), |x, dim, keep| x.f_max_dim(dim, keep)),
    ),
    (
        "min",
        "The smallest element",
        "assert_eq(tensor([[1, 5], [7, 3]]).min(1).values, tensor([1, 3]));",
        (|x| x.f_min(), |x, dim, keep| x.f_min_dim(dim, keep)),
    ),
    (
        "median",
        "The element in the middle, the lower one of two",
        "assert_eq(tensor([1, 9, 5, 7]).median().item(), 5);",
        (|x| x.f_median(), |x, dim, keep| x.f_median_dim(dim, keep)),
    ),
];

/// `#{ values, indices }`
fn found(pair: Pair, name: &str, x: &Tensor) -> ScriptResult<Map> {
    let (values, indices) = pair.during(name, &[x])?;
    let both = [("values", values), ("indices", indices)];
    Ok(both.into_iter().map(|(name, t)| (name.into(), Dynamic::from(TensorHandle::from(t)))).collect())
}

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, (all, along)) in EXTREMES {
        let doc = format!(
            "{doc}, over all elements. Along a dimension, a map of `values` and `indices`, without that dimension, or \
             with size 1 there if `true` stands behind it.\n\nErrors: an empty tensor, or a dimension that `x` does not have."
        );
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| done(all(&x), name, &[&x]));
        another_form(name, &["x: Tensor", "dim: int", "Map"])
            .set_into_module(&mut module, move |x: TensorHandle, dim: i64| found(along(&x, dim, false), name, &x));
        another_form(name, &["x: Tensor", "dim: int", "keepdim: bool", "Map"])
            .set_into_module(&mut module, move |x: TensorHandle, dim: i64, keep: bool| {
                found(along(&x, dim, keep), name, &x)
            });
    }
    module
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The larger one of each pair of elements; `maximum(x, y)` too.
    #[rhai_fn(name = "max", return_raw)]
    pub fn larger(x: TensorHandle, y: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_maximum(&y), "max", &[&x, &y])
    }

    /// The smaller one of each pair of elements; `minimum(x, y)` too.
    #[rhai_fn(name = "min", return_raw)]
    pub fn smaller(x: TensorHandle, y: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_minimum(&y), "min", &[&x, &y])
    }

    /// The elements in rising order along the last dimension, or along `dim`: a map of `values` and `indices`. With
    /// `true` behind the dimension, in falling order. Equal elements keep no particular order.
    ///
    /// ```rhai
    /// let s = tensor([3, 1, 2]).sort();
    /// assert_eq(s.values, tensor([1, 2, 3]));
    /// assert_eq(s.indices, tensor([1, 2, 0]));
    /// assert_eq(tensor([3, 1, 2]).sort(0, true).values, tensor([3, 2, 1]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sort(x: TensorHandle) -> ScriptResult<Map> {
        found(x.f_sort(-1, false), "sort", &x)
    }

    #[rhai_fn(name = "sort", return_raw)]
    pub fn sort_dim(x: TensorHandle, dim: i64) -> ScriptResult<Map> {
        found(x.f_sort(dim, false), "sort", &x)
    }

    #[rhai_fn(name = "sort", return_raw)]
    pub fn sort_descending(x: TensorHandle, dim: i64, descending: bool) -> ScriptResult<Map> {
        found(x.f_sort(dim, descending), "sort", &x)
    }

    /// The places of the elements in rising order, along the last dimension or along `dim`; with `true` behind it, in
    /// falling order.
    ///
    /// ```rhai
    /// assert_eq(tensor([3, 1, 2]).argsort(), tensor([1, 2, 0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn argsort(x: TensorHandle) -> ScriptResult<TensorHandle> {
        argsort_dim(x, -1, false)
    }

    #[rhai_fn(name = "argsort", return_raw)]
    pub fn argsort_dim(x: TensorHandle, dim: i64, descending: bool) -> ScriptResult<TensorHandle> {
        done(x.f_argsort(dim, descending), "argsort", &[&x])
    }

    /// The `k` largest elements along the last dimension, the largest first: a map of `values` and `indices`.
    /// Options: `dim` (-1), `largest` (true; false for the smallest).
    ///
    /// Errors: `k` larger than the dimension.
    ///
    /// ```rhai
    /// assert_eq(tensor([3, 1, 2]).topk(2).values, tensor([3, 2]));
    /// assert_eq(tensor([3, 1, 2]).topk(1, #{ largest: false }).indices, tensor([1]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn topk(x: TensorHandle, k: i64) -> ScriptResult<Map> {
        topk_with(x, k, Map::new())
    }

    #[rhai_fn(name = "topk", return_raw)]
    pub fn topk_with(x: TensorHandle, k: i64, options: Map) -> ScriptResult<Map> {
        let mut options = Options::new("topk", options);
        let (dim, largest) = (options.integer("dim", -1)?, options.boolean("largest", true)?);
        options.done()?;
        found(x.f_topk(k, dim, largest, true), "topk", &x)
    }

    /// The different elements, in rising order.
    ///
    /// ```rhai
    /// assert_eq(tensor([3, 1, 3]).unique(), tensor([1, 3]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn unique(x: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_internal_unique(true, false).map(|(values, _)| values), "unique", &[&x])
    }
}
