//! What losses of scores against classes have in common.

use super::checks::expect_float;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe};
use tch::{Kind, Tensor};

/// PyTorch's `ignore_index`.
pub(super) const IGNORED: i64 = -100;

/// The dimension of the classes: the second, or the only one.
fn class_dim(scores: &Tensor) -> usize {
    usize::from(scores.dim() > 1)
}

pub(super) fn class_count(what: &str, scores: &Tensor) -> Result<i64> {
    expect_float(what, "scores", scores)?;
    match scores.size().get(class_dim(scores)) {
        Some(0) | None => {
            Err(Error::shape(format!("{what}: scores must be [batch, classes] or [classes], not {}", describe(scores))))
        }
        Some(classes) => Ok(*classes),
    }
}

pub(super) fn expect_labels(what: &str, scores: &Tensor, labels: &Tensor, soft_too: bool) -> Result<()> {
    let mut wanted = scores.size();
    let classes = wanted.remove(class_dim(scores));
    let or = match soft_too {
        true => format!(", or float probabilities of shape {:?}", scores.size()),
        false => String::new(),
    };
    let expected = format!("for scores of shape {:?}, labels must be int64 of shape {wanted:?}{or}", scores.size());
    if labels.kind() != Kind::Int64 {
        return Err(Error::new(ErrorKind::Kind, format!("{what}: {expected}, not {}", describe(labels))));
    }
    match labels.size() == wanted {
        true => Ok(()),
        false => {
            let count = format!("{classes} classes");
            Err(Error::shape(format!("{what}: {expected} ({count}), not {}", describe(labels))))
        }
    }
}

pub(super) fn weights(what: &str, weight: &Option<Tensor>, scores: &Tensor, classes: i64) -> Result<Option<Tensor>> {
    let Some(weight) = weight else { return Ok(None) };
    if weight.size() != [classes] {
        let given = describe(weight);
        return Err(Error::shape(format!(
            "{what}: weight must hold one number for each of {classes} classes, not {given}"
        )));
    }
    Ok(Some(weight.f_to_kind(scores.kind()).during(what, &[weight])?))
}

/// `error`, or what is wrong with the labels if one of them is no class: libtorch says so in passing or not at all.
pub(super) fn outside(what: &str, labels: &Tensor, classes: i64, ignored: i64, error: Error) -> Error {
    let Ok(labels) = labels.f_reshape([-1]).and_then(Vec::<i64>::try_from) else {
        return error;
    };
    match labels.iter().find(|label| **label != ignored && !(0..classes).contains(*label)) {
        Some(label) => {
            Error::value(format!("{what}: label {label} is none of the {classes} classes, 0 to {}", classes - 1))
        }
        None => error,
    }
}
