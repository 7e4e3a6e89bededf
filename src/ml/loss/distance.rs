//! Losses of numbers against numbers of the same shape.

use super::{Reduction, paired};
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::Tensor;

/// (x − y)².
///
/// # Errors
/// Shapes that differ, or scores that are not floats.
pub fn mse(scores: &Tensor, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let targets = paired("mse", scores, targets)?;
    scores.f_mse_loss(&targets, reduction.into()).during("mse", &[scores, &targets])
}

/// |x − y|.
///
/// # Errors
/// Shapes that differ, or scores that are not floats.
pub fn l1(scores: &Tensor, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let targets = paired("l1", scores, targets)?;
    scores.f_l1_loss(&targets, reduction.into()).during("l1", &[scores, &targets])
}

/// d² / 2β where the distance d = |x − y| is below β, d − β/2 elsewhere (Girshick, "Fast R-CNN", 2015). PyTorch's β is 1.
///
/// # Errors
/// Shapes that differ, scores that are not floats, or a β below 0.
pub fn smooth_l1(scores: &Tensor, targets: &Tensor, beta: f64, reduction: Reduction) -> Result<Tensor> {
    if !beta.is_finite() || beta < 0.0 {
        return Err(Error::value(format!("smooth_l1: beta must be a number of at least 0, not {beta}")));
    }
    let targets = paired("smooth_l1", scores, targets)?;
    scores.f_smooth_l1_loss(&targets, reduction.into(), beta).during("smooth_l1", &[scores, &targets])
}

/// d² / 2 where the distance d = |x − y| is below δ, δ(d − δ/2) elsewhere (Huber, 1964). PyTorch's δ is 1.
///
/// # Errors
/// Shapes that differ, scores that are not floats, or a δ that is not above 0.
pub fn huber(scores: &Tensor, targets: &Tensor, delta: f64, reduction: Reduction) -> Result<Tensor> {
    if !delta.is_finite() || delta <= 0.0 {
        return Err(Error::value(format!("huber: delta must be a number above 0, not {delta}")));
    }
    let targets = paired("huber", scores, targets)?;
    scores.f_huber_loss(&targets, reduction.into(), delta).during("huber", &[scores, &targets])
}
