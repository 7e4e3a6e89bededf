//! Lengths of vectors.

use super::{args, table::done_with_scalar};
use crate::error::Result;
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, plugin::*};
use tch::Tensor;

/// The p-norm over `dims`, over all where there are none.
fn length(x: &Tensor, p: &Dynamic, dims: &[i64], keep: bool) -> ScriptResult<TensorHandle> {
    let p = args::number("norm", p)?;
    if !x.is_floating_point() {
        return Err(args::needs_floats("norm", x).into());
    }
    let all: Vec<i64> = if dims.is_empty() { (0..x.dim() as i64).collect() } else { dims.to_vec() };
    done_with_scalar(|| x.f_norm_scalaropt_dim(p.as_f64(), all, keep), "norm", &[x])
}

fn dimensions(dim: &Dynamic) -> Result<Vec<i64>> {
    args::integers("norm", "a dimension or an array of them", dim)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The p-norm (Σ |x|^p)^(1/p), with p = 2 unless given, over all elements or along a dimension or several. With
    /// `true` behind it, the dimension stays with size 1. Floats only.
    ///
    /// ```rhai
    /// assert_eq(norm(tensor([3.0, 4.0])).item(), 5.0);
    /// assert_eq(norm(tensor([[3.0, -4.0]]), 1, 1), tensor([7.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn norm(x: TensorHandle) -> ScriptResult<TensorHandle> {
        length(&x, &2.into(), &[], false)
    }

    #[rhai_fn(name = "norm", return_raw)]
    pub fn norm_p(x: TensorHandle, p: Dynamic) -> ScriptResult<TensorHandle> {
        length(&x, &p, &[], false)
    }

    #[rhai_fn(name = "norm", return_raw)]
    pub fn norm_dim(x: TensorHandle, p: Dynamic, dim: Dynamic) -> ScriptResult<TensorHandle> {
        length(&x, &p, &dimensions(&dim)?, false)
    }

    #[rhai_fn(name = "norm", return_raw)]
    pub fn norm_keep(x: TensorHandle, p: Dynamic, dim: Dynamic, keepdim: bool) -> ScriptResult<TensorHandle> {
        length(&x, &p, &dimensions(&dim)?, keepdim)
    }

    /// `x` over its 2-norm along `dim`, so that the norm is 1; what is shorter than 1e-12 stays near 0.
    ///
    /// ```rhai
    /// assert_close(normalize(tensor([[3.0, 4.0]]), 1), [[0.6, 0.8]], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn normalize(x: TensorHandle, dim: i64) -> ScriptResult<TensorHandle> {
        let norm = length(&x, &2.into(), &[dim], true)?;
        done_with_scalar(|| x.f_div(&norm.f_clamp_min(1e-12)?), "normalize", &[&x])
    }
}
