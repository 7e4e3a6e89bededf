//! The elements in another order, several times, or with new ones around them.

use super::{args, shape::count, table::done};
use crate::error::Error;
use crate::ml::tensor::{During, describe};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{
    ScriptResult,
    options::{Options, shown},
};
use rhai::{Array, Dynamic, Map, plugin::*};

const INTEGERS: &str = "an integer or an array of integers";

/// Some hours of one core.
const MOST_ELEMENTS: i64 = 1 << 42;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The first two dimensions exchanged, of a tensor of at most two: `x.T`.
    ///
    /// ```rhai
    /// assert_eq(zeros([2, 3]).T.shape, [3, 2]);
    /// ```
    #[rhai_fn(get = "T", pure, return_raw)]
    pub fn transposed(x: &mut TensorHandle) -> ScriptResult<TensorHandle> {
        t(x.clone())
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
        let expanded = x.f_expand(args::integers("expand", INTEGERS, &shape.into())?, false).during("expand", &[&x])?;
        if count(&expanded) > MOST_ELEMENTS {
            let message = format!(
                "expand: {} has more elements than any operation comes to the end of (at most {MOST_ELEMENTS})",
                describe(&expanded)
            );
            return Err(Error::shape(message).into());
        }
        Ok(expanded.into())
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
