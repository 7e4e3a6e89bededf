//! Layer normalization over the features of each position.

use super::kernel;
use super::source::{Initial, Source};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug)]
pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
    eps: f64,
}

impl Norm {
    pub fn new(source: &mut Source, name: &str, size: i64, eps: f64) -> Result<Norm> {
        Ok(Norm {
            weight: source.take(&format!("{name}.weight"), &[size], Initial::Ones)?,
            bias: source.take(&format!("{name}.bias"), &[size], Initial::Zeros)?,
            eps,
        })
    }

    /// `[…, size]` → the same.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let size = self.weight.size();
        x.f_layer_norm(size.as_slice(), Some(&self.weight), Some(&self.bias), self.eps, false)
            .during("layer_norm", &[x])
    }

    /// Of what a block gives, with a part of it dropped, and what went into the block (the residual connection around it).
    pub fn settle(&self, given: &Tensor, before: &Tensor, drop: f64) -> Result<Tensor> {
        kernel::settle(given, before, [&self.weight, &self.bias], self.eps, drop)
    }

    pub fn parameters(&self, name: &str) -> [(String, Tensor); 2] {
        [(format!("{name}.weight"), self.weight.shallow_clone()), (format!("{name}.bias"), self.bias.shallow_clone())]
    }
}
