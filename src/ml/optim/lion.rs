//! Lion: Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), as in the authors' own code
//! (`google/automl`, `lion/lion_pytorch.py`); PyTorch has none.

use super::Row;
use super::algorithm::{Algorithm, decay_rate, not_negative};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const EXP_AVG: &str = "exp_avg";

pub(super) const ROW: Row = Row::new::<Lion>(
    "lion",
    "Lion (Chen et al., 2023), of the same parameters as `sgd`: each weight moves by the same amount, along the sign of a mean of gradients,\n\
     so that only one tensor is kept for a parameter. The authors take a rate of a third to a tenth of AdamW's, and a `weight_decay`\n\
     as much larger. Options and their defaults: `lr` 1e-4, `betas` [0.9, 0.99], `weight_decay` 0 (taken from the weights).",
    "let w = parameter(tensor([1.0]));\n\
     let optimizer = lion([w], #{ lr: 0.1 });\n\
     (w * 3).sum().backward();\n\
     optimizer.step();\n\
     assert_close(w, [0.9], 1e-6);",
);

/// p ← p − lr·λ·p; p ← p − lr · sign(β₁m + (1 − β₁)g); m ← β₂m + (1 − β₂)g.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lion {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// β₁, of the mean that a step goes along, and β₂, of the one that is kept; each at least 0 and below 1.
    pub betas: [f64; 2],
    /// λ, at least 0.
    pub weight_decay: f64,
}

impl Default for Lion {
    fn default() -> Self {
        Lion { lr: 1e-4, betas: [0.9, 0.99], weight_decay: 0.0 }
    }
}

impl Algorithm for Lion {
    fn name(&self) -> &'static str {
        "lion"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[EXP_AVG])
    }

    fn validate(&self) -> Result<()> {
        not_negative("lion", "lr", self.lr)?;
        not_negative("lion", "weight_decay", self.weight_decay)?;
        decay_rate("lion", "the first of betas", self.betas[0])?;
        decay_rate("lion", "the second of betas", self.betas[1])
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let [beta1, beta2] = self.betas;
        if self.weight_decay != 0.0 {
            drop(param.f_mul_scalar_(1.0 - lr * self.weight_decay)?);
        }
        let mut mean = state.get_or_zeros(EXP_AVG, param)?;
        let mut along = mean.f_lerp(grad, 1.0 - beta1)?;
        drop(param.f_sub_(&along.f_sign_()?.f_mul_scalar_(lr)?)?);
        mean.f_lerp_(grad, 1.0 - beta2).map(drop)
    }
}
