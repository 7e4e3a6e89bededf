//! Adam: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), with the AMSGrad variant of Reddi et al.,
//! "On the Convergence of Adam and Beyond" (2018).

use super::Row;
use super::adam_kernel as kernel;
use super::algorithm::{Algorithm, decay_rate, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const EXP_AVG: &str = "exp_avg";
const EXP_AVG_SQ: &str = "exp_avg_sq";
const MAX_EXP_AVG_SQ: &str = "max_exp_avg_sq";

/// All that Adam and AdamW may keep.
pub(super) const BUFFERS: &[&str] = &[EXP_AVG, EXP_AVG_SQ, MAX_EXP_AVG_SQ];

pub(super) const ROW: Row = Row::new::<Adam>(
    "adam",
    "Adam (Kingma and Ba, 2015), of the same parameters as `sgd`. Options and their defaults: `lr` 1e-3, `betas` [0.9, 0.999],\n\
     `eps` 1e-8, `weight_decay` 0 (added to the gradient), `amsgrad` false.",
    "let net = linear(2, 1);\n\
     let optimizer = adam(net, #{ lr: 3e-4 });\n\
     assert_eq(optimizer.lr, 3e-4);",
);

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

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(BUFFERS)
    }

    fn validate(&self) -> Result<()> {
        not_negative("adam", "lr", self.lr)?;
        not_negative("adam", "weight_decay", self.weight_decay)?;
        self.moments().validate("adam")
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        self.moments().descend(param, grad, lr, Decay::Gradient(self.weight_decay), state)
    }
}

impl Adam {
    fn moments(&self) -> Moments {
        Moments { betas: self.betas, eps: self.eps, amsgrad: self.amsgrad }
    }
}

/// What becomes of λ, a number of at least 0.
pub(super) enum Decay {
    /// It is part of the gradient.
    Gradient(f64),
    /// Weights shrink by it beforehand.
    Weight(f64),
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

    pub fn descend(
        &self,
        param: &mut Tensor,
        grad: &Tensor,
        lr: f64,
        decay: Decay,
        state: &mut ParamState,
    ) -> Result<(), TchError> {
        let mut all = vec![param.shallow_clone(), grad.shallow_clone()];
        all.push(state.get_or_zeros(EXP_AVG, param)?);
        all.push(state.get_or_zeros(EXP_AVG_SQ, param)?);
        if self.amsgrad {
            all.push(state.get_or_zeros(MAX_EXP_AVG_SQ, param)?);
        }
        let correction = self.betas.map(|beta| 1.0 - beta.powf(state.step as f64));
        if kernel::takes(&all) {
            let (decay, shrinks) = match decay {
                Decay::Gradient(decay) => (decay, 1.0),
                Decay::Weight(decay) => (0.0, 1.0 - lr * decay),
            };
            let [beta1, beta2] = self.betas;
            let step = kernel::Step {
                decay: decay as f32,
                shrinks: shrinks as f32,
                share: (1.0 - beta1) as f32,
                keeps: beta2 as f32,
                takes: (1.0 - beta2) as f32,
                root: correction[1].sqrt() as f32,
                eps: self.eps as f32,
                along: (-lr / correction[0]) as f32,
            };
            return kernel::descend(&all, &step);
        }
        match decay {
            Decay::Gradient(decay) => all[1] = with_decay(grad, param, decay)?,
            Decay::Weight(0.0) => (),
            Decay::Weight(decay) => drop(param.f_mul_scalar_(1.0 - lr * decay)?),
        }
        self.descend_whole(&mut all, lr, correction)
    }

    /// As libtorch's operations do it, where there is no kernel. `all` holds parameter, gradient, mean and mean square, and with AMSGrad the largest mean square.
    fn descend_whole(&self, all: &mut [Tensor], lr: f64, correction: [f64; 2]) -> Result<(), TchError> {
        let [param, grad, mean, square, largest @ ..] = all else { return Ok(()) };
        let [beta1, beta2] = self.betas;
        let mean = mean.f_lerp_(grad, 1.0 - beta1)?;
        let square = square.f_mul_scalar_(beta2)?.f_addcmul_(&grad.f_mul_scalar(1.0 - beta2)?, grad)?;
        let mut root = match largest {
            [largest, ..] => largest.f_maximum_out(largest, &square)?.f_sqrt()?,
            [] => square.f_sqrt()?,
        };
        let denominator = root.f_div_scalar_(correction[1].sqrt())?.f_add_scalar_(self.eps)?;
        param.f_addcdiv_(&mean.f_mul_scalar(-lr / correction[0])?, &denominator).map(drop)
    }
}
