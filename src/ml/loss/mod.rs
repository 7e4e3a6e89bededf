//! Losses: how far scores are from labels. libtorch computes them; what does not fit is said in words first.
//!
//! [`classes`] compares scores with classes, [`binary`] with yes or no, [`distance`] numbers with numbers.

mod binary;
mod classes;
mod distance;

pub use binary::{BceWithLogits, bce, bce_with_logits};
pub use classes::{CrossEntropy, Nll, cross_entropy, nll_loss};
pub use distance::{huber, l1, mse, smooth_l1};

use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe};
use tch::{Kind, Tensor};

/// What becomes of the losses of the single elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Nothing: one loss an element.
    None,
}

impl Reduction {
    /// # Errors
    /// Another word than `mean`, `sum` and `none`.
    pub fn from_name(name: &str) -> Result<Reduction> {
        match name {
            "mean" => Ok(Reduction::Mean),
            "sum" => Ok(Reduction::Sum),
            "none" => Ok(Reduction::None),
            _ => Err(Error::unknown(ErrorKind::Value, "reduction", name, &["mean", "sum", "none"])),
        }
    }
}

impl From<Reduction> for tch::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Mean => tch::Reduction::Mean,
            Reduction::Sum => tch::Reduction::Sum,
            Reduction::None => tch::Reduction::None,
        }
    }
}

/// Refuses scores that are not floats: they have no gradient, and libtorch's words for it name C++ functions.
fn expect_float(what: &str, role: &str, tensor: &Tensor) -> Result<()> {
    match is_float(tensor) {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Kind,
            format!("{what}: {role} must be floats (float32, float64 or bfloat16), not {}", describe(tensor)),
        )),
    }
}

fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.kind(), Kind::Float | Kind::Double | Kind::BFloat16 | Kind::Half)
}

/// `targets` in the kind of `scores`, one for each score: integer labels serve for floats.
///
/// # Errors
/// Shapes that differ. libtorch would stretch one to the other and average over pairs that nobody meant.
fn paired(what: &str, scores: &Tensor, targets: &Tensor) -> Result<Tensor> {
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
