//! Shapes: what a tensor has, and the same elements in another.

use super::{args, table::done};
use crate::error::Error;
use crate::ml::tensor::describe;
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};

/// The number of elements; expanded tensors can have more than a machine could hold.
pub fn count(x: &tch::Tensor) -> i64 {
    x.size().iter().fold(1, |product: i64, n| product.saturating_mul(*n))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The sizes of the tensor's dimensions.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).shape, [2, 3]);
    /// ```
    #[rhai_fn(get = "shape", pure)]
    pub fn shape(x: &mut TensorHandle) -> Array {
        x.size().into_iter().map(Dynamic::from_int).collect()
    }

    /// The number of dimensions.
    ///
    /// ```rhai
    /// let x = zeros([2, 3]);
    /// assert_eq([x.dim, x.dim()], [2, 2]);
    /// ```
    #[rhai_fn(name = "dim", get = "dim", pure)]
    pub fn dim(x: &mut TensorHandle) -> i64 {
        x.dim() as i64
    }

    /// The number of dimensions, as `dim`.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).ndim, 2);
    /// ```
    #[rhai_fn(get = "ndim", pure)]
    pub fn ndim(x: &mut TensorHandle) -> i64 {
        x.dim() as i64
    }

    /// The size of the first dimension.
    ///
    /// Errors: a tensor without dimensions.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).len(), 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn len(x: TensorHandle) -> ScriptResult<i64> {
        x.size().first().copied().ok_or_else(|| Error::shape("len of a tensor without dimensions").into())
    }

    /// The number of elements.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).numel(), 6);
    /// ```
    pub fn numel(x: TensorHandle) -> i64 {
        count(&x)
    }

    /// The sizes of all dimensions, as `x.shape` gives them, or of one; -1 is the last.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).size(-1), 3);
    /// ```
    pub fn size(x: TensorHandle) -> Array {
        x.size().into_iter().map(Dynamic::from_int).collect()
    }

    #[rhai_fn(name = "size", return_raw)]
    pub fn size_of(x: TensorHandle, dim: i64) -> ScriptResult<i64> {
        let size = x.size();
        let wrapped = if dim < 0 { dim.saturating_add(size.len() as i64) } else { dim };
        let found = usize::try_from(wrapped).ok().and_then(|d| size.get(d));
        found.copied().ok_or_else(|| {
            let n = size.len() as i64;
            Error::shape(format!("size of {}: no dimension {dim} (valid: {} to {})", describe(&x), -n, n - 1)).into()
        })
    }

    /// The same elements in another shape; one size may be -1, to be worked out. `view` is the same, but never copies:
    /// it refuses a tensor whose elements do not lie in order.
    ///
    /// Errors: a shape for another number of elements.
    ///
    /// ```rhai
    /// assert_eq(arange(6).reshape([2, -1]).shape, [2, 3]);
    /// assert_throws(|| arange(6).reshape([4]), "invalid for input of size 6");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn reshape(x: TensorHandle, shape: Dynamic) -> ScriptResult<TensorHandle> {
        let shape = args::integers("reshape", "a shape such as [2, -1]", &shape)?;
        done(x.f_reshape(shape), "reshape", &[&x])
    }

    /// The same elements in another shape, without a copy; one size may be -1.
    ///
    /// Errors: a shape for another number of elements, or elements that do not lie in order (`reshape` copies those).
    ///
    /// ```rhai
    /// assert_eq(arange(6).view([3, 2]).shape, [3, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn view(x: TensorHandle, shape: Dynamic) -> ScriptResult<TensorHandle> {
        let shape = args::integers("view", "a shape such as [2, -1]", &shape)?;
        done(x.f_view(shape.as_slice()), "view", &[&x])
    }

    /// All dimensions as one; or those from `start` to `end`, both included.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3, 4]).flatten().shape, [24]);
    /// assert_eq(zeros([2, 3, 4]).flatten(1).shape, [2, 12]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn flatten(x: TensorHandle) -> ScriptResult<TensorHandle> {
        flatten_between(x, 0, -1)
    }

    #[rhai_fn(name = "flatten", return_raw)]
    pub fn flatten_from(x: TensorHandle, start: i64) -> ScriptResult<TensorHandle> {
        flatten_between(x, start, -1)
    }

    #[rhai_fn(name = "flatten", return_raw)]
    pub fn flatten_between(x: TensorHandle, start: i64, end: i64) -> ScriptResult<TensorHandle> {
        done(x.f_flatten(start, end), "flatten", &[&x])
    }

    /// `x` without its dimensions of size 1; or without dimension `dim`, if that has size 1.
    ///
    /// ```rhai
    /// assert_eq(zeros([1, 3, 1]).squeeze().shape, [3]);
    /// assert_eq(zeros([1, 3, 1]).squeeze(0).shape, [3, 1]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn squeeze(x: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_squeeze(), "squeeze", &[&x])
    }

    #[rhai_fn(name = "squeeze", return_raw)]
    pub fn squeeze_dim(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        done(x.f_squeeze_dim(dim), "squeeze", &[&x])
    }

    /// `x` with a new dimension of size 1 at `dim`.
    ///
    /// ```rhai
    /// assert_eq(zeros([3]).unsqueeze(0).shape, [1, 3]);
    /// assert_eq(zeros([3]).unsqueeze(-1).shape, [3, 1]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn unsqueeze(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        done(x.f_unsqueeze(dim), "unsqueeze", &[&x])
    }

    /// `x` with its elements in order in memory: a copy, where they are not.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).T.contiguous().view([6]).shape, [6]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn contiguous(x: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_contiguous(), "contiguous", &[&x])
    }
}
