//! Elements chosen by index, by mask or by condition. `x[…]` has forms for most of this.

use super::{
    args,
    table::{done, done_with_scalar},
};
use crate::error::Error;
use crate::ml::tensor::{During, describe};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, plugin::*};
use tch::Kind;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The elements of `x` at the places that the int64 tensor `index` names along `dim`: for dimension 1,
    /// `y[i][j] = x[i][index[i][j]]`. The shape is that of `index`.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]])), tensor([[2], [3]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn gather(x: TensorHandle, dim: i64, index: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_gather(dim, &index, false), "gather", &[&x, &index])
    }

    /// A copy of `x` with `src`, a tensor or a number, written to the places that `index` names along `dim`: for dimension
    /// 1, `y[i][index[i][j]] = src[i][j]`.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 2]).scatter(1, tensor([[1], [0]]), 5), tensor([[0.0, 5.0], [5.0, 0.0]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn scatter(x: TensorHandle, dim: i64, index: TensorHandle, src: Dynamic) -> ScriptResult<TensorHandle> {
        match src.clone().try_cast::<TensorHandle>() {
            Some(src) => done(x.f_scatter(dim, &index, &src), "scatter", &[&x, &index, &src]),
            None => {
                let src = args::number("scatter", &src)?;
                done_with_scalar(|| x.f_scatter_value(dim, &index, src), "scatter", &[&x, &index])
            }
        }
    }

    /// A copy of `x` with `src` added at the places that `index` names along `dim`.
    ///
    /// ```rhai
    /// assert_eq(zeros([3]).scatter_add(0, tensor([1, 1]), tensor([2.0, 3.0])), tensor([0.0, 5.0, 0.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn scatter_add(
        x: TensorHandle,
        dim: i64,
        index: TensorHandle,
        src: TensorHandle,
    ) -> ScriptResult<TensorHandle> {
        done(x.f_scatter_add(dim, &index, &src), "scatter_add", &[&x, &index, &src])
    }

    /// The rows (columns, …) of `x` that the int64 tensor `index` names, along `dim`.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2], [3, 4]]).index_select(0, tensor([1, 1])), tensor([[3, 4], [3, 4]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn index_select(x: TensorHandle, dim: i64, index: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_index_select(dim, &index), "index_select", &[&x, &index])
    }

    /// The part of `x` from `start` on, `length` long, along `dim`. It shares its elements with `x`.
    ///
    /// ```rhai
    /// assert_eq(arange(5).narrow(0, 1, 2), tensor([1, 2]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn narrow(x: TensorHandle, dim: i64, start: i64, length: i64) -> ScriptResult<TensorHandle> {
        done(x.f_narrow(dim, start, length), "narrow", &[&x])
    }

    /// The part of `x` at `index` along `dim`, which falls away. It shares its elements with `x`.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2], [3, 4]]).select(1, 0), tensor([1, 3]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn select(x: TensorHandle, dim: i64, index: i64) -> ScriptResult<TensorHandle> {
        done(x.f_select(dim, index), "select", &[&x])
    }

    /// `x` where `condition`, a bool tensor, is true, else `y`, element by element. `x` and `y` are tensors or numbers;
    /// shapes are broadcast.
    ///
    /// ```rhai
    /// let x = tensor([-1.0, 2.0]);
    /// assert_eq(where(x > 0, x, 0), tensor([0.0, 2.0]));
    /// ```
    #[rhai_fn(name = "where", return_raw)]
    pub fn choose(condition: TensorHandle, x: Dynamic, y: Dynamic) -> ScriptResult<TensorHandle> {
        let kind = |value: &Dynamic| value.read_lock::<TensorHandle>().map(|t| t.kind());
        let (of_x, of_y) = (kind(&x), kind(&y));
        let (x, y) = (args::operand("where", &x, of_y)?, args::operand("where", &y, of_x)?);
        let place = condition.device();
        let chosen = x.f_to_device(place).and_then(|x| x.f_where_self(&condition, &y.f_to_device(place)?));
        done(chosen, "where", &[&condition, &x, &y])
    }

    /// `x` with `value` where the bool tensor `mask` is true.
    ///
    /// ```rhai
    /// let x = tensor([1, 2, 3]);
    /// assert_eq(x.masked_fill(x > 1, 0), tensor([1, 0, 0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn masked_fill(x: TensorHandle, mask: TensorHandle, value: Dynamic) -> ScriptResult<TensorHandle> {
        match value.clone().try_cast::<TensorHandle>() {
            Some(value) => done(x.f_masked_fill_tensor(&mask, &value), "masked_fill", &[&x, &mask, &value]),
            None => {
                let value = args::number("masked_fill", &value)?;
                done_with_scalar(|| x.f_masked_fill(&mask, value), "masked_fill", &[&x, &mask])
            }
        }
    }

    /// The elements where the bool tensor `mask` is true, in one dimension; `x[mask]` too.
    ///
    /// ```rhai
    /// let x = tensor([1, 2, 3]);
    /// assert_eq(x.masked_select(x > 1), tensor([2, 3]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn masked_select(x: TensorHandle, mask: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_masked_select(&mask), "masked_select", &[&x, &mask])
    }

    /// The places of the elements that are not 0 or false: `[count, dimensions]`, int64.
    ///
    /// ```rhai
    /// assert_eq(tensor([0, 5, 7]).nonzero(), tensor([[1], [2]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn nonzero(x: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_nonzero(), "nonzero", &[&x])
    }

    /// For each int64 number a row of `classes` numbers, all 0 but a 1 at its place; int64.
    ///
    /// Errors: numbers outside 0 to `classes - 1`.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 0]).one_hot(3), tensor([[0, 1, 0], [1, 0, 0]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn one_hot(x: TensorHandle, classes: i64) -> ScriptResult<TensorHandle> {
        if classes < 1 {
            return Err(
                Error::value(format!("one_hot of {}: takes at least 1 class, got {classes}", describe(&x))).into()
            );
        }
        let shape: Vec<i64> = x.size().into_iter().chain([classes]).collect();
        args::room("one_hot", &shape, Kind::Int64)?;
        Ok(x.f_one_hot(classes).during("one_hot", &[&x])?.into())
    }
}
