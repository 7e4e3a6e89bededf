//! Binary cross entropy of probabilities.

use super::{Reduction, Row, checks::paired};
use crate::error::{Error, Result};
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "bce",
    inputs: ["probabilities", "targets"],
    doc: "Binary cross entropy of probabilities and targets of the same shape, both between 0 and 1. Option: `reduction`.",
    example: "assert_close(bce(tensor([0.75]), tensor([1.0])), 0.287682, 1e-6);",
    build: |options| {
        let reduction = Reduction::read(options)?;
        Ok(Box::new(move |probabilities, targets| bce(probabilities, targets, reduction)))
    },
};

/// −(y·ln p + (1 − y)·ln(1 − p)) of probabilities p, with each logarithm at least −100.
///
/// # Errors
/// Shapes that differ, probabilities that are not floats or lie outside `[0, 1]`.
pub fn bce(probabilities: &Tensor, targets: &Tensor, reduction: Reduction) -> Result<Tensor> {
    let targets = paired("bce", probabilities, targets)?;
    probabilities.f_binary_cross_entropy(&targets, None::<&Tensor>, reduction.into()).map_err(|cause| {
        let error = Error::from(cause);
        match error.message.contains("between 0 and 1") {
            true => Error::value(
                "bce: probabilities and targets must lie between 0 and 1; of raw scores take bce_with_logits",
            ),
            false => error.within("bce"),
        }
    })
}
