//! NAdam: Dozat, "Incorporating Nesterov Momentum into Adam" (2016); with decoupled weight decay as in Loshchilov and Hutter (2019).

use super::Row;
use super::algorithm::{Algorithm, decay_rate, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const EXP_AVG: &str = "exp_avg";
const EXP_AVG_SQ: &str = "exp_avg_sq";
const MU_PRODUCT: &str = "mu_product";

pub(super) const ROW: Row = Row::new::<NAdam>(
    "nadam",
    "Adam with Nesterov's momentum (Dozat, 2016), of the same parameters as `sgd`. Options and their defaults: `lr` 2e-3, `betas`\n\
     [0.9, 0.999], `eps` 1e-8, `weight_decay` 0 (added to the gradient; taken from the weights, as in `adamw`, with\n\
     `decoupled_weight_decay` true, which is false), `momentum_decay` 4e-3.",
    "assert_eq(nadam(linear(2, 1)).lr, 0.002);",
);

/// m and v as in Adam; μₜ = β₁(1 − 0.96^(tψ) / 2); p ← p − lr · ((1 − μₜ)g / (1 − ∏ᵢ₌₁ᵗ μᵢ) + μₜ₊₁m / (1 − ∏ᵢ₌₁ᵗ⁺¹ μᵢ)) / (√v̂ + ε).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NAdam {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// β₁ and β₂, each at least 0 and below 1.
    pub betas: [f64; 2],
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// ψ, at least 0: how soon momentum comes to β₁ from the half of it.
    pub momentum_decay: f64,
    /// Weights shrink by lr·λ before the step; else λp is part of the gradient.
    pub decoupled_weight_decay: bool,
}

impl Default for NAdam {
    fn default() -> Self {
        let betas = [0.9, 0.999];
        NAdam { lr: 2e-3, betas, eps: 1e-8, weight_decay: 0.0, momentum_decay: 4e-3, decoupled_weight_decay: false }
    }
}

impl Algorithm for NAdam {
    fn name(&self) -> &'static str {
        "nadam"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        let mut all = Buffer::like(&[EXP_AVG, EXP_AVG_SQ]);
        all.push(Buffer::number(MU_PRODUCT));
        all
    }

    fn validate(&self) -> Result<()> {
        not_negative("nadam", "lr", self.lr)?;
        not_negative("nadam", "eps", self.eps)?;
        not_negative("nadam", "weight_decay", self.weight_decay)?;
        not_negative("nadam", "momentum_decay", self.momentum_decay)?;
        decay_rate("nadam", "the first of betas", self.betas[0])?;
        decay_rate("nadam", "the second of betas", self.betas[1])
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
        let (mu, mu_next) = (self.momentum(t), self.momentum(t + 1.0));
        let product = state.number_or(MU_PRODUCT, 1.0)? * mu;
        state.set_number(MU_PRODUCT, product)?;
        let mean = state.get_or_zeros(EXP_AVG, param)?.f_lerp_(&grad, 1.0 - beta1)?;
        let mut square = state.get_or_zeros(EXP_AVG_SQ, param)?;
        let square = square.f_mul_scalar_(beta2)?.f_addcmul_(&grad.f_mul_scalar(1.0 - beta2)?, &grad)?;
        let size = square.f_div_scalar(1.0 - beta2.powf(t))?.f_sqrt_()?.f_add_scalar_(self.eps)?;
        drop(param.f_addcdiv_(&grad.f_mul_scalar(-lr * (1.0 - mu) / (1.0 - product))?, &size)?);
        param.f_addcdiv_(&mean.f_mul_scalar(-lr * mu_next / (1.0 - product * mu_next))?, &size).map(drop)
    }
}

impl NAdam {
    /// μₜ.
    fn momentum(&self, t: f64) -> f64 {
        self.betas[0] * (1.0 - 0.5 * 0.96_f64.powf(t * self.momentum_decay))
    }
}
