//! What losses ask of their tensors.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe};
use tch::{Kind, Tensor};

/// Refuses scores that are not floats: they have no gradient, and libtorch's words for it name C++ functions.
pub(super) fn expect_float(what: &str, role: &str, tensor: &Tensor) -> Result<()> {
    match is_float(tensor) {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Kind,
            format!("{what}: {role} must be floats (float32, float64 or bfloat16), not {}", describe(tensor)),
        )),
    }
}

pub(super) fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.kind(), Kind::Float | Kind::Double | Kind::BFloat16 | Kind::Half)
}

/// `targets` in the kind of `scores`, one for each score: integer labels serve for floats.
///
/// # Errors
/// Shapes that differ. libtorch would stretch one to the other and average over pairs that nobody meant.
pub(super) fn paired(what: &str, scores: &Tensor, targets: &Tensor) -> Result<Tensor> {
    expect_float(what, "scores", scores)?;
    if scores.size() != targets.size() {
        let (s, t) = (scores.size(), targets.size());
        let hint = match s.split_last() {
            Some((1, front)) if front == t.as_slice() => "; scores.squeeze(-1) has the targets' shape",
            _ => "",
        };
        return Err(Error::shape(format!(
            "{what}: scores and targets must have the same shape, not {s:?} and {t:?}{hint}"
        )));
    }
    match is_float(targets) {
        true => Ok(targets.shallow_clone()),
        false => targets.f_to_kind(scores.kind()).during(what, &[scores, targets]),
    }
}
