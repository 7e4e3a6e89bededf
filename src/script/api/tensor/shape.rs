//! Shapes: what a tensor has, and the same elements in another.

use super::{TensorHandle, args, table::done};
use crate::error::Error;
use crate::ml::tensor::describe;
use crate::script::{
    ScriptResult,
    options::{Options, shown},
};
use rhai::{Array, Dynamic, Map, plugin::*};

/// The number of elements; expanded tensors can have more than a machine could hold.
pub fn count(x: &tch::Tensor) -> i64 {
    x.size().iter().fold(1, |product: i64, n| product.saturating_mul(*n))
}

const INTEGERS: &str = "an integer or an array of integers";

#[export_module]
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
    /// assert_eq(zeros([2, 3]).dim, 2);
    /// ```
    #[rhai_fn(get = "dim", pure)]
    pub fn dim(x: &mut TensorHandle) -> i64 {
        x.dim() as i64
    }

    /// The first two dimensions exchanged, of a tensor of at most two: `x.T`.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).T.shape, [3, 2]);
    /// ```
    #[rhai_fn(get = "T", pure, return_raw)]
    pub fn transposed(x: &mut TensorHandle) -> ScriptResult<TensorHandle> {
        t(x.clone())
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

    /// `x` with two dimensions exchanged.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3, 4]).transpose(0, -1).shape, [4, 3, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn transpose(x: TensorHandle, dim0: i64, dim1: i64) -> ScriptResult<TensorHandle> {
        done(x.f_transpose(dim0, dim1), "transpose", &[&x])
    }

    /// The transpose of a matrix; `x.T` too.
    ///
    /// Errors: more than two dimensions (`transpose` and `permute` exchange those).
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).t().shape, [3, 2]);
    /// assert_eq(zeros([2, 3]).T.shape, [3, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn t(x: TensorHandle) -> ScriptResult<TensorHandle> {
        match x.dim() {
            0 | 1 => Ok(x),
            2 => done(x.f_transpose(0, 1), "t", &[&x]),
            _ => {
                let message = format!("t takes a matrix, got {}; transpose(-1, -2) turns the last two", describe(&x));
                Err(Error::shape(message).into())
            }
        }
    }

    /// `x` with its dimensions in the given order.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3, 4]).permute([2, 0, 1]).shape, [4, 2, 3]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn permute(x: TensorHandle, dims: Array) -> ScriptResult<TensorHandle> {
        done(x.f_permute(args::integers("permute", INTEGERS, &dims.into())?), "permute", &[&x])
    }

    /// `x` with its dimensions of size 1 repeated to the given sizes, without a copy; -1 keeps a size.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1], [2]]).expand([-1, 3]), tensor([[1, 1, 1], [2, 2, 2]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn expand(x: TensorHandle, shape: Array) -> ScriptResult<TensorHandle> {
        done(x.f_expand(args::integers("expand", INTEGERS, &shape.into())?, false), "expand", &[&x])
    }

    /// `x`, repeated along each dimension as often as the array says.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2]).repeat([2, 2]), tensor([[1, 2, 1, 2], [1, 2, 1, 2]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn repeat(x: TensorHandle, times: Dynamic) -> ScriptResult<TensorHandle> {
        let times = args::sizes("repeat", &times)?;
        let fill = times.len().saturating_sub(x.dim());
        let sizes = std::iter::repeat_n(1, fill).chain(x.size());
        let shape: Vec<i64> = sizes.zip(&times).map(|(size, n)| size.saturating_mul(*n)).collect();
        args::room("repeat", &shape, x.kind())?;
        done(x.f_repeat(times), "repeat", &[&x])
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

    /// `x` with the order of elements reversed along the given dimensions.
    ///
    /// ```rhai
    /// assert_eq(arange(3).flip(0), tensor([2, 1, 0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn flip(x: TensorHandle, dims: Dynamic) -> ScriptResult<TensorHandle> {
        done(x.f_flip(args::integers("flip", INTEGERS, &dims)?), "flip", &[&x])
    }

    /// `x` with its elements moved on by `shifts` places along `dims`; what falls off the end comes in at the front.
    /// Without `dims`, the flattened elements move.
    ///
    /// ```rhai
    /// assert_eq(arange(4).roll(1, 0), tensor([3, 0, 1, 2]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn roll(x: TensorHandle, shifts: i64) -> ScriptResult<TensorHandle> {
        done(x.f_roll(shifts, [0_i64; 0].as_slice()), "roll", &[&x])
    }

    #[rhai_fn(name = "roll", return_raw)]
    pub fn roll_dims(x: TensorHandle, shifts: Dynamic, dims: Dynamic) -> ScriptResult<TensorHandle> {
        let (shifts, dims) = (args::integers("roll", INTEGERS, &shifts)?, args::integers("roll", INTEGERS, &dims)?);
        done(x.f_roll(shifts, dims), "roll", &[&x])
    }

    /// `x`, made larger: `widths` holds the number of new elements in front of and behind the last dimension, then the
    /// one before it, and so on. They are `value` (0); or a mode says where they come from: "reflect", "replicate",
    /// "circular". Options: `value`, `mode`.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2]).pad([1, 2]), tensor([0, 1, 2, 0, 0]));
    /// assert_eq(tensor([[1.0, 2.0]]).pad([1, 0], #{ mode: "replicate" }), tensor([[1.0, 1.0, 2.0]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pad(x: TensorHandle, widths: Array) -> ScriptResult<TensorHandle> {
        pad_with(x, widths, Map::new())
    }

    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_with(x: TensorHandle, widths: Array, options: Map) -> ScriptResult<TensorHandle> {
        let mut options = Options::new("pad", options);
        let (value, mode) = (options.optional_number("value")?, options.string("mode", "constant")?);
        options.done()?;
        let widths: Dynamic = widths.into();
        let widths = args::integers("pad", "an array such as [1, 1]", &widths)?;
        if !widths.len().is_multiple_of(2) || widths.len() > 2 * x.dim() {
            let message = format!(
                "pad takes a pair of widths for each of at most {} dimensions, got {}",
                x.dim(),
                shown(&widths.into())
            );
            return Err(Error::shape(message).into());
        }
        let mut shape = x.size();
        for (size, pair) in shape.iter_mut().rev().zip(widths.chunks(2)) {
            *size = pair.iter().fold(*size, |sum, n| sum.saturating_add(*n)).max(0);
        }
        args::room("pad", &shape, x.kind())?;
        done(x.f_pad(widths, &mode, value), "pad", &[&x])
    }
}
