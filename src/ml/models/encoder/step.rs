//! What all layers of one forward pass have in common.

use super::plan::Dropout;
use super::precision::Precision;
use crate::error::Result;
use crate::ml::tensor::During;
use tch::{Kind, Tensor};

/// The probabilities to drop with (0 in evaluation), and in which kind of numbers linear layers multiply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub dropout: Dropout,
    pub precision: Precision,
}

impl Step {
    /// `x` as linear layers take it.
    pub fn cast(&self, x: &Tensor) -> Result<Tensor> {
        to(x, self.precision.kind())
    }

    /// What a linear layer gave, as all else is computed.
    pub fn widen(&self, x: &Tensor) -> Result<Tensor> {
        to(x, Kind::Float)
    }
}

fn to(x: &Tensor, kind: Kind) -> Result<Tensor> {
    match x.kind() == kind {
        true => Ok(x.shallow_clone()),
        false => x.f_to_kind(kind).during("encoder", &[x]),
    }
}
