//! One step of a training, as it is told.

use crate::error::Result;
use serde_json::Value;
use tch::Tensor;

/// What a step came to. Its tensors may still be computed by the device: whoever reads one waits for it.
pub struct Step<'a> {
    /// The mean loss of its batch, where it is known.
    pub loss: Option<Tensor>,
    /// The norm of its gradients, before they were clipped.
    pub grad_norm: &'a dyn Fn() -> Result<Option<Tensor>>,
    /// Words that its batch held; of rows of a tensor there are none.
    pub words: Option<i64>,
    /// What a script adds.
    pub columns: Vec<(String, Column)>,
}

/// A value that a script adds.
#[derive(Debug)]
pub enum Column {
    Plain(Value),
    /// Of one element.
    Tensor(Tensor),
}
