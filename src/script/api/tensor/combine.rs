//! Tensors joined, and tensors taken apart.

use super::{args, table::done};
use crate::error::Error;
use crate::ml::tensor::{During, describe, room_for_tensors};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};
use tch::{TchError, Tensor};

type Join = fn(&[&Tensor], i64) -> Result<Tensor, TchError>;

fn join(name: &str, array: &Array, dim: i64, join: Join) -> ScriptResult<TensorHandle> {
    let tensors = args::tensors(name, array)?;
    let tensors: Vec<&Tensor> = tensors.iter().map(|t| &**t).collect();
    if tensors.is_empty() {
        return Err(Error::value(format!("{name} takes at least one tensor, got an empty array")).into());
    }
    // Two say what is wrong; two hundred would bury it.
    let shown = tensors.get(..2).unwrap_or(&tensors);
    done(join(&tensors, dim), name, shown)
}

/// The parts of `x` that `cut` makes, of which there are `count`.
fn parts(
    cut: impl Fn(&Tensor) -> Result<Vec<Tensor>, TchError>,
    name: &str,
    x: &Tensor,
    count: usize,
) -> ScriptResult<Array> {
    room_for_tensors(|| format!("{name} of {}", describe(x)), count)?;
    Ok(cut(x).during(name, &[x])?.into_iter().map(|t| Dynamic::from(TensorHandle::from(t))).collect())
}

/// The length of `x` along `dim`; 0 where there is no such dimension.
fn length(x: &Tensor, dim: i64) -> usize {
    let at = if dim < 0 { dim.saturating_add(x.dim() as i64) } else { dim };
    usize::try_from(at).ok().and_then(|at| x.size().get(at).copied()).unwrap_or(0) as usize
}

fn splits(x: &Tensor, size: &Dynamic, dim: i64) -> ScriptResult<Array> {
    if let Ok(size) = size.as_int() {
        if size < 1 {
            return Err(Error::value(format!("split takes a size of at least 1, got {size}")).into());
        }
        return parts(|x| x.f_split(size, dim), "split", x, length(x, dim).div_ceil(size as usize));
    }
    let sizes = args::integers("split", "a size or an array of sizes", size)?;
    parts(|x| x.f_split_with_sizes(sizes.as_slice(), dim), "split", x, sizes.len())
}

fn chunks(x: &Tensor, n: i64, dim: i64) -> ScriptResult<Array> {
    parts(|x| x.f_chunk(n, dim), "chunk", x, length(x, dim).min(n.max(0) as usize))
}

fn slices(x: &Tensor, dim: i64) -> ScriptResult<Array> {
    parts(|x| x.f_unbind(dim), "unbind", x, length(x, dim))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The tensors joined along a dimension that they have: the first, or `dim`.
    ///
    /// Errors: tensors whose other dimensions differ.
    ///
    /// ```rhai
    /// assert_eq(cat([tensor([1]), tensor([2, 3])]), tensor([1, 2, 3]));
    /// assert_eq(cat([zeros([2, 1]), ones([2, 2])], 1).shape, [2, 3]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cat(tensors: Array) -> ScriptResult<TensorHandle> {
        join("cat", &tensors, 0, |t, dim| Tensor::f_cat(t, dim))
    }

    #[rhai_fn(name = "cat", return_raw)]
    pub fn cat_dim(tensors: Array, dim: i64) -> ScriptResult<TensorHandle> {
        join("cat", &tensors, dim, |t, dim| Tensor::f_cat(t, dim))
    }

    /// The tensors joined along a new dimension: the first, or `dim`.
    ///
    /// Errors: tensors of different shapes.
    ///
    /// ```rhai
    /// assert_eq(stack([tensor([1, 2]), tensor([3, 4])]), tensor([[1, 2], [3, 4]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn stack(tensors: Array) -> ScriptResult<TensorHandle> {
        join("stack", &tensors, 0, |t, dim| Tensor::f_stack(t, dim))
    }

    #[rhai_fn(name = "stack", return_raw)]
    pub fn stack_dim(tensors: Array, dim: i64) -> ScriptResult<TensorHandle> {
        join("stack", &tensors, dim, |t, dim| Tensor::f_stack(t, dim))
    }

    /// An array of pieces of `size`, the last one shorter if need be, along the first dimension or along `dim`; or of
    /// pieces of the sizes in an array, which must add up. The pieces share their elements with `x`.
    ///
    /// ```rhai
    /// assert_eq(arange(5).split(2).len(), 3);
    /// assert_eq(arange(5).split([1, 4])[1], tensor([1, 2, 3, 4]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn split(x: TensorHandle, size: Dynamic) -> ScriptResult<Array> {
        splits(&x, &size, 0)
    }

    #[rhai_fn(name = "split", return_raw)]
    pub fn split_dim(x: TensorHandle, size: Dynamic, dim: i64) -> ScriptResult<Array> {
        splits(&x, &size, dim)
    }

    /// An array of at most `n` pieces of equal size, the last one shorter if need be, along the first dimension or along
    /// `dim`. The pieces share their elements with `x`.
    ///
    /// ```rhai
    /// assert_eq(arange(4).chunk(2)[1], tensor([2, 3]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn chunk(x: TensorHandle, n: i64) -> ScriptResult<Array> {
        chunks(&x, n, 0)
    }

    #[rhai_fn(name = "chunk", return_raw)]
    pub fn chunk_dim(x: TensorHandle, n: i64, dim: i64) -> ScriptResult<Array> {
        chunks(&x, n, dim)
    }

    /// An array of the tensors along the first dimension, or along `dim`, which falls away.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2], [3, 4]]).unbind()[1], tensor([3, 4]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn unbind(x: TensorHandle) -> ScriptResult<Array> {
        slices(&x, 0)
    }

    #[rhai_fn(name = "unbind", return_raw)]
    pub fn unbind_dim(x: TensorHandle, dim: i64) -> ScriptResult<Array> {
        slices(&x, dim)
    }
}
