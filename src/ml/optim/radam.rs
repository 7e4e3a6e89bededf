//! RAdam: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond" (2020); with decoupled weight decay as in Loshchilov
//! and Hutter (2019).

use super::Row;
use super::algorithm::{Algorithm, decay_rate, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const EXP_AVG: &str = "exp_avg";
const EXP_AVG_SQ: &str = "exp_avg_sq";

pub(super) const ROW: Row = Row::new::<RAdam>(
    "radam",
    "Adam that warms up by itself (Liu et al., 2020), of the same parameters as `sgd`: while too few squares of gradients were seen, steps\n\
     go along their mean alone. Options and their defaults: `lr` 1e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weight_decay` 0 (added to the\n\
     gradient; taken from the weights, as in `adamw`, with `decoupled_weight_decay` true, which is false).",
    "assert_eq(radam(linear(2, 1)).lr, 0.001);",
);

/// m, v, m̂ and v̂ as in Adam; with ρ∞ = 2 / (1 − β₂) − 1 and ρₜ = ρ∞ − 2tβ₂ᵗ / (1 − β₂ᵗ), p ← p − lr · m̂ · r / √v̂ where ρₜ > 5,
/// r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)); else p ← p − lr · m̂. ε is added to √v, as in PyTorch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RAdam {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// β₁ and β₂, each at least 0 and below 1.
    pub betas: [f64; 2],
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// Weights shrink by lr·λ before the step; else λp is part of the gradient.
    pub decoupled_weight_decay: bool,
}

impl Default for RAdam {
    fn default() -> Self {
        RAdam { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0, decoupled_weight_decay: false }
    }
}

impl Algorithm for RAdam {
    fn name(&self) -> &'static str {
        "radam"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[EXP_AVG, EXP_AVG_SQ])
    }

    fn validate(&self) -> Result<()> {
        not_negative("radam", "lr", self.lr)?;
        not_negative("radam", "eps", self.eps)?;
        not_negative("radam", "weight_decay", self.weight_decay)?;
        decay_rate("radam", "the first of betas", self.betas[0])?;
        decay_rate("radam", "the second of betas", self.betas[1])
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let grad = match self.decoupled_weight_decay {
            true => {
                drop(param.f_mul_scalar_(1.0 - lr * self.weight_decay)?);
                grad.shallow_clone()
            }
            false => with_decay(grad, param, self.weight_decay)?,
        };
        let [beta1, beta2] = self.betas;
        let t = state.step as f64;
        let mean = state.get_or_zeros(EXP_AVG, param)?.f_lerp_(&grad, 1.0 - beta1)?;
        let mut square = state.get_or_zeros(EXP_AVG_SQ, param)?;
        let square = square.f_mul_scalar_(beta2)?.f_addcmul_(&grad.f_mul_scalar(1.0 - beta2)?, &grad)?;
        let along = -lr / (1.0 - beta1.powf(t));
        match self.rectified(t) {
            None => param.f_add_(&mean.f_mul_scalar(along)?).map(drop),
            Some(r) => {
                let size = square.f_sqrt()?.f_add_scalar_(self.eps)?;
                let along = along * r * (1.0 - beta2.powf(t)).sqrt();
                param.f_addcdiv_(&mean.f_mul_scalar(along)?, &size).map(drop)
            }
        }
    }
}

impl RAdam {
    /// r; none while the variance of √v̂ cannot be told.
    fn rectified(&self, t: f64) -> Option<f64> {
        let beta2 = self.betas[1];
        let longest = 2.0 / (1.0 - beta2) - 1.0;
        let length = longest - 2.0 * t * beta2.powf(t) / (1.0 - beta2.powf(t));
        let r = || ((length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)).sqrt();
        (length > 5.0).then(r)
    }
}
