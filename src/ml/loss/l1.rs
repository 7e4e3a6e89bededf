//! Mean absolute error.

use super::{Reduction, Row, checks::paired};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "l1_loss",
    inputs: ["scores", "targets"],
    doc: "Mean absolute error of two tensors of the same shape. Option: `reduction`.",
    example: "assert_eq(l1_loss(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item(), 1.0);",
    build: |options| {
        let reduction = Reduction::read(options)?;
        Ok(Box::new(move |scores, targets| l1(scores, targets, reduction)))
    },
};

/// |x − y|.
///
/// # Errors
/// Shapes that differ, or scores that are not floats.
pub fn l1(scores: &Tensor, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let targets = paired("l1", scores, targets)?;
    scores.f_l1_loss(&targets, reduction.into()).during("l1", &[scores, &targets])
}
