//! Negative log likelihood of classes.

use super::labels::{IGNORED, class_count, expect_labels, outside, weights};
use super::{Reduction, Row};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "nll_loss",
    inputs: ["log_probabilities", "labels"],
    doc: "Negative log likelihood of log-probabilities `[rows, classes]` and classes `[rows]`, int64: what follows a\n\
           `log_softmax`. Options: `weight` (a tensor `[classes]`), `ignore_index` -100, `reduction`.",
    example: "let p = tensor([[0.75, 0.25]]).log();\n\
           assert_close(nll_loss(p, tensor([0])), 0.287682, 1e-6);",
    build: |options| {
        let given = Nll {
            weight: options.tensor("weight")?,
            ignore_index: options.integer("ignore_index", Nll::default().ignore_index)?,
            reduction: Reduction::read(options)?,
        };
        Ok(Box::new(move |log_probabilities, labels| nll_loss(log_probabilities, labels, &given)))
    },
};

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
/// [`cross_entropy`](super::cross_entropy), but labels are int64 only.
///
/// # Errors
/// As [`cross_entropy`](super::cross_entropy).
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
