//! Mean squared error.

use super::{Reduction, Row, checks::paired};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "mse",
    inputs: ["scores", "targets"],
    doc: "Mean squared error of two tensors of the same shape. Option: `reduction`.",
    example: "assert_eq(mse(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item(), 2.0);",
    build: |options| {
        let reduction = Reduction::read(options)?;
        Ok(Box::new(move |scores, targets| mse(scores, targets, reduction)))
    },
};

/// (x − y)².
///
/// # Errors
/// Shapes that differ, or scores that are not floats.
pub fn mse(scores: &Tensor, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let targets = paired("mse", scores, targets)?;
    scores.f_mse_loss(&targets, reduction.into()).during("mse", &[scores, &targets])
}
