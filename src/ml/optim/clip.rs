//! Gradients cut to a size: Pascanu et al., "On the difficulty of training recurrent neural networks" (2013).

use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::{Device, Kind, TchError, Tensor};

/// Scales all gradients by one factor so that their norm, taken as if they were one vector, is at most `max_norm`.
/// `norm_type` is the norm's order: 2, 1, infinity, … The factor is `max_norm / (norm + 1e-6)`, as in PyTorch, where
/// that is below 1.
///
/// Gives the norm before clipping, 0-d on the gradients' device: reading it waits for the device, so do not at each step.
/// Without any gradient it is 0.
///
/// # Errors
/// `max_norm` or `norm_type` below 0, or not a number.
pub fn clip_grad_norm(params: &[Tensor], max_norm: f64, norm_type: f64) -> Result<Tensor> {
    let what = "clip_grad_norm";
    if max_norm.is_nan() || max_norm < 0.0 {
        return Err(Error::value(format!("{what}: max_norm must be at least 0, not {max_norm}")));
    }
    if norm_type.is_nan() || norm_type < 0.0 {
        return Err(Error::value(format!("{what}: norm_type must be at least 0, not {norm_type}")));
    }
    let _guard = tch::no_grad_guard();
    let mut grads = gradients(params, what)?;
    let Some(total) = total(&grads, norm_type).during(what, &[])? else {
        return Tensor::f_scalar_tensor(0.0, (Kind::Float, Device::Cpu)).during(what, &[]);
    };
    let clip = || -> Result<Tensor, TchError> {
        let factor = total.f_add_scalar(1e-6)?.f_reciprocal()?.f_mul_scalar(max_norm)?.f_clamp_max(1.0)?;
        for grad in &mut grads {
            drop(grad.f_mul_(&factor.f_to(grad.device())?)?);
        }
        Ok(total)
    };
    clip().during(what, &[])
}

/// The norm of all gradients as if they were one vector, 0-d on their device; 0 without any.
///
/// # Errors
/// Whatever libtorch refuses.
pub fn grad_norm(params: &[Tensor]) -> Result<Tensor> {
    let what = "grad_norm";
    let _guard = tch::no_grad_guard();
    match total(&gradients(params, what)?, 2.0).during(what, &[])? {
        Some(total) => Ok(total),
        None => Tensor::f_scalar_tensor(0.0, (Kind::Float, Device::Cpu)).during(what, &[]),
    }
}

/// Cuts every element of every gradient to `[-clip_value, clip_value]`.
///
/// # Errors
/// `clip_value` below 0, or not a number.
pub fn clip_grad_value(params: &[Tensor], clip_value: f64) -> Result<()> {
    let what = "clip_grad_value";
    if clip_value.is_nan() || clip_value < 0.0 {
        return Err(Error::value(format!("{what}: clip_value must be at least 0, not {clip_value}")));
    }
    let _guard = tch::no_grad_guard();
    for grad in &mut gradients(params, what)? {
        drop(grad.f_clamp_(-clip_value, clip_value).during(what, &[])?);
    }
    Ok(())
}

/// The gradients that are there. Handles: what changes them changes the parameters' gradients.
fn gradients(params: &[Tensor], what: &str) -> Result<Vec<Tensor>> {
    let all = params.iter().map(|p| p.f_grad().during(what, &[p])).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(Tensor::defined).collect())
}

/// The norm of all tensors together, on the device of the first; `None` of none.
pub(super) fn total(tensors: &[Tensor], order: f64) -> Result<Option<Tensor>, TchError> {
    let Some(device) = tensors.first().map(Tensor::device) else { return Ok(None) };
    let norms = tensors.iter().map(|t| norm(t, order)?.f_to(device)).collect::<Result<Vec<_>, _>>()?;
    norm(&Tensor::f_stack(&norms, 0)?, order).map(Some)
}

/// The norm of all elements; libtorch would take a matrix norm of a matrix, hence the flattening.
fn norm(tensor: &Tensor, order: f64) -> Result<Tensor, TchError> {
    tensor.f_reshape([-1])?.f_linalg_norm(order, None::<i64>, false, None)
}
