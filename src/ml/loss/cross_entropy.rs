//! Cross entropy of scores and classes.

use super::checks::is_float;
use super::labels::{IGNORED, class_count, expect_labels, outside, weights};
use super::{Reduction, Row};
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::Tensor;

pub(super) const ROW: Row = Row {
    name: "cross_entropy",
    inputs: ["scores", "labels"],
    doc: "Cross entropy of scores `[rows, classes]` (before any softmax) and labels: classes `[rows]`, int64, or\n\
           probabilities `[rows, classes]`. Options: `label_smoothing` 0, `weight` (a tensor `[classes]`), `ignore_index`\n\
           -100, `reduction` `\"mean\"`, `\"sum\"` or `\"none\"`.\n\
           \n\
           Errors: shapes that do not fit, a label that is no class.",
    example: "let scores = tensor([[2.0, 0.0], [0.0, 2.0]]);\n\
           assert_close(cross_entropy(scores, tensor([0, 1])), 0.126928, 1e-6);\n\
           assert_close(cross_entropy(scores, tensor([0, 1]), #{ label_smoothing: 0.1 }), 0.226928, 1e-6);",
    build: |options| {
        let usual = CrossEntropy::default();
        let given = CrossEntropy {
            weight: options.tensor("weight")?,
            label_smoothing: options.number("label_smoothing", usual.label_smoothing)?,
            ignore_index: options.integer("ignore_index", usual.ignore_index)?,
            reduction: Reduction::read(options)?,
        };
        Ok(Box::new(move |scores, labels| cross_entropy(scores, labels, &given)))
    },
};

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
