//! Squared error near the target, absolute error far from it.

use super::{Reduction, Row, checks::paired};
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "smooth_l1",
    inputs: ["scores", "targets"],
    doc: "Squared error near the target, absolute error from `beta` (1) on. Options: `beta`, `reduction`.",
    example: "assert_eq(smooth_l1(tensor([0.0, 0.0]), tensor([1.0, 3.0])).item(), 1.5);",
    build: |options| {
        let (beta, reduction) = (options.number("beta", 1.0)?, Reduction::read(options)?);
        Ok(Box::new(move |scores, targets| smooth_l1(scores, targets, beta, reduction)))
    },
};

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
