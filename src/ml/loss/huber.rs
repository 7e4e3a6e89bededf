//! Squared error near the target, absolute error of a slope far from it.

use super::{Reduction, Row, checks::paired};
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "huber",
    inputs: ["scores", "targets"],
    doc: "Squared error near the target, and from `delta` (1) on an absolute error of slope `delta`. Options: `delta`,\n\
           `reduction`.",
    example: "assert_eq(huber(tensor([0.0]), tensor([3.0]), #{ delta: 2 }).item(), 4.0);",
    build: |options| {
        let (delta, reduction) = (options.number("delta", 1.0)?, Reduction::read(options)?);
        Ok(Box::new(move |scores, targets| huber(scores, targets, delta, reduction)))
    },
};

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
