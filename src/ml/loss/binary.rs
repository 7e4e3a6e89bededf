//! Losses of yes or no, one score each.

use super::{Reduction, paired};
use crate::error::{Error, Result};
use crate::ml::tensor::{During, describe};
use tch::Tensor;

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

#[derive(Debug, Default)]
pub struct BceWithLogits {
    /// How much a positive target counts, `[classes]` or 0-d: above 1 for recall, below 1 for precision.
    pub pos_weight: Option<Tensor>,
    pub reduction: Reduction,
}

/// [`bce`] of σ(scores), computed without a logarithm of 0.
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
