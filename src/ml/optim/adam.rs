//! Adam: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), with the AMSGrad variant of Reddi et al.,
//! "On the Convergence of Adam and Beyond" (2018).

use super::algorithm::{Algorithm, Slot, decay_rate, not_negative, with_decay};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use tch::{TchError, Tensor};

const EXP_AVG: &str = "exp_avg";
const EXP_AVG_SQ: &str = "exp_avg_sq";
const MAX_EXP_AVG_SQ: &str = "max_exp_avg_sq";

/// All that Adam and AdamW may keep.
pub(super) const BUFFERS: &[&str] = &[EXP_AVG, EXP_AVG_SQ, MAX_EXP_AVG_SQ];

/// g ← g + λp; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; p ← p − lr · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
/// v̂ = v / (1 − β₂ᵗ).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adam {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// β₁ and β₂, each at least 0 and below 1.
    pub betas: [f64; 2],
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0. It is part of the gradient and so is divided by √v̂ too; AdamW's is not.
    pub weight_decay: f64,
    /// Divide by the largest v̂ so far.
    pub amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Adam { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0, amsgrad: false }
    }
}

impl Algorithm for Adam {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn buffers(&self) -> &'static [&'static str] {
        BUFFERS
    }

    fn validate(&self) -> Result<()> {
        not_negative("adam", "lr", self.lr)?;
        not_negative("adam", "weight_decay", self.weight_decay)?;
        self.moments().validate("adam")
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, slot: &mut Slot) -> Result<(), TchError> {
        self.moments().descend(param, &with_decay(grad, param, self.weight_decay)?, lr, slot)
    }
}

impl Adam {
    fn moments(&self) -> Moments {
        Moments { betas: self.betas, eps: self.eps, amsgrad: self.amsgrad }
    }
}

/// The step that Adam and AdamW share; they differ in how weights decay.
pub(super) struct Moments {
    pub betas: [f64; 2],
    pub eps: f64,
    pub amsgrad: bool,
}

impl Moments {
    pub fn validate(&self, what: &str) -> Result<()> {
        decay_rate(what, "the first of betas", self.betas[0])?;
        decay_rate(what, "the second of betas", self.betas[1])?;
        not_negative(what, "eps", self.eps)
    }

    pub fn descend(&self, param: &mut Tensor, grad: &Tensor, lr: f64, slot: &mut Slot) -> Result<(), TchError> {
        let [beta1, beta2] = self.betas;
        let correction1 = 1.0 - beta1.powf(slot.step as f64);
        let correction2 = 1.0 - beta2.powf(slot.step as f64);
        let mean = slot.get_or_zeros(EXP_AVG, param)?.f_lerp_(grad, 1.0 - beta1)?;
        let mut square = slot.get_or_zeros(EXP_AVG_SQ, param)?;
        let square = square.f_mul_scalar_(beta2)?.f_addcmul_(&grad.f_mul_scalar(1.0 - beta2)?, grad)?;
        let mut root = match self.amsgrad {
            true => {
                let largest = slot.get_or_zeros(MAX_EXP_AVG_SQ, param)?;
                largest.f_maximum_out(&largest, &square)?.f_sqrt()?
            }
            false => square.f_sqrt()?,
        };
        let denominator = root.f_div_scalar_(correction2.sqrt())?.f_add_scalar_(self.eps)?;
        param.f_addcdiv_(&mean.f_mul_scalar(-lr / correction1)?, &denominator).map(drop)
    }
}
