//! Losses of scores against classes.

use super::{Reduction, expect_float, is_float};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe};
use tch::{Kind, Tensor};

/// PyTorch's `ignore_index`.
const IGNORED: i64 = -100;

#[derive(Debug)]
pub struct CrossEntropy {
    /// How much each class counts, `[classes]`; a mean divides by the weights of the labels.
    pub weight: Option<Tensor>,
    /// The share of each label that is spread over all classes, from 0 to 1 (Szegedy et al., 2016).
    pub label_smoothing: f64,
    /// Rows with this label count for nothing. Of integer labels only.
    pub ignore_index: i64,
    pub reduction: Reduction,
}

impl Default for CrossEntropy {
    fn default() -> Self {
        CrossEntropy { weight: None, label_smoothing: 0.0, ignore_index: IGNORED, reduction: Reduction::Mean }
    }
}

/// −ln softmax(scores)\[label\]. `scores` is `[batch, classes, …]` or `[classes]`; `labels` the same without the classes,
/// int64, or the same with them: a probability for each class.
///
/// The mean of no rows, or of ignored ones only, is NaN, as in PyTorch.
///
/// # Errors
/// Shapes or kinds that do not fit, `label_smoothing` outside `[0, 1]`, and, on the CPU, a label that is no class. Other
/// devices cannot look without making the program wait: there a wrong label ends it, so look when the data is loaded.
pub fn cross_entropy(scores: &Tensor, labels: &Tensor, options: &CrossEntropy) -> Result<Tensor> {
    let what = "cross_entropy";
    if !(0.0..=1.0).contains(&options.label_smoothing) {
        let given = options.label_smoothing;
        return Err(Error::value(format!("{what}: label_smoothing must lie between 0 and 1, not {given}")));
    }
    let classes = class_count(what, scores)?;
    let soft = is_float(labels) && labels.size() == scores.size();
    if !soft {
        expect_labels(what, scores, labels, true)?;
    }
    let weight = weights(what, &options.weight, scores, classes)?;
    scores
        .f_cross_entropy_loss(labels, weight, options.reduction.into(), options.ignore_index, options.label_smoothing)
        .during(what, &[scores, labels])
        .map_err(|error| if soft { error } else { outside(what, labels, classes, options.ignore_index, error) })
}

#[derive(Debug)]
pub struct Nll {
    /// How much each class counts, `[classes]`; a mean divides by the weights of the labels.
    pub weight: Option<Tensor>,
    /// Rows with this label count for nothing.
    pub ignore_index: i64,
    pub reduction: Reduction,
}

impl Default for Nll {
    fn default() -> Self {
        Nll { weight: None, ignore_index: IGNORED, reduction: Reduction::Mean }
    }
}

/// −log_probabilities\[label\]: the loss of a network that ends in `log_softmax`. Shapes and errors as in
/// [`cross_entropy`], but labels are int64 only.
///
/// # Errors
/// As [`cross_entropy`].
pub fn nll_loss(log_probabilities: &Tensor, labels: &Tensor, options: &Nll) -> Result<Tensor> {
    let what = "nll_loss";
    let classes = class_count(what, log_probabilities)?;
    expect_labels(what, log_probabilities, labels, false)?;
    let weight = weights(what, &options.weight, log_probabilities, classes)?;
    log_probabilities
        .f_nll_loss_nd(labels, weight, options.reduction.into(), options.ignore_index)
        .during(what, &[log_probabilities, labels])
        .map_err(|error| outside(what, labels, classes, options.ignore_index, error))
}

/// The dimension of the classes: the second, or the only one.
fn class_dim(scores: &Tensor) -> usize {
    usize::from(scores.dim() > 1)
}

fn class_count(what: &str, scores: &Tensor) -> Result<i64> {
    expect_float(what, "scores", scores)?;
    match scores.size().get(class_dim(scores)) {
        Some(0) | None => {
            Err(Error::shape(format!("{what}: scores must be [batch, classes] or [classes], not {}", describe(scores))))
        }
        Some(classes) => Ok(*classes),
    }
}

fn expect_labels(what: &str, scores: &Tensor, labels: &Tensor, soft_too: bool) -> Result<()> {
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

fn weights(what: &str, weight: &Option<Tensor>, scores: &Tensor, classes: i64) -> Result<Option<Tensor>> {
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
fn outside(what: &str, labels: &Tensor, classes: i64, ignored: i64, error: Error) -> Error {
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
