//! Binary cross entropy of scores.

use super::{Reduction, Row, checks::paired};
use crate::error::{Error, Result};
use crate::ml::tensor::{During, describe};
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "bce_with_logits",
    inputs: ["scores", "targets"],
    doc: "Binary cross entropy of scores (before the sigmoid) and targets of the same shape. Options: `pos_weight`, a tensor\n\
           that says how much a positive target counts, and `reduction`.",
    example: "assert_close(bce_with_logits(tensor([0.0]), tensor([1.0])), 0.693147, 1e-6);",
    build: |options| {
        let given = BceWithLogits { pos_weight: options.tensor("pos_weight")?, reduction: Reduction::read(options)? };
        Ok(Box::new(move |scores, targets| bce_with_logits(scores, targets, &given)))
    },
};

#[derive(Debug, Default)]
pub struct BceWithLogits {
    /// How much a positive target counts, `[classes]` or 0-d: above 1 for recall, below 1 for precision.
    pub pos_weight: Option<Tensor>,
    pub reduction: Reduction,
}

/// [`bce`](super::bce) of σ(scores), computed without a logarithm of 0.
///
/// # Errors
/// Shapes that differ, scores that are not floats, or a `pos_weight` that does not stretch to the scores.
pub fn bce_with_logits(scores: &Tensor, targets: &Tensor, options: &BceWithLogits) -> Result<Tensor> {
    let what = "bce_with_logits";
    let targets = paired(what, scores, targets)?;
    let pos_weight = match &options.pos_weight {
        Some(weight) if !stretches(&weight.size(), &scores.size()) => {
            let (weight, scores) = (describe(weight), describe(scores));
            return Err(Error::shape(format!("{what}: pos_weight of {weight} does not fit scores of {scores}")));
        }
        Some(weight) => Some(weight.f_to_kind(scores.kind()).during(what, &[weight])?),
        None => None,
    };
    scores
        .f_binary_cross_entropy_with_logits(&targets, None, pos_weight, options.reduction.into())
        .during(what, &[scores, &targets])
}

/// Whether a tensor of `from` broadcasts to exactly `to`.
fn stretches(from: &[i64], to: &[i64]) -> bool {
    from.len() <= to.len() && from.iter().rev().zip(to.iter().rev()).all(|(f, t)| f == t || *f == 1)
}
