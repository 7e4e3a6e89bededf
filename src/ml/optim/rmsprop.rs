//! RMSprop: Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centered as in Graves,
//! "Generating Sequences With Recurrent Neural Networks" (2013). ε stands outside the root, as in PyTorch.

use super::Row;
use super::algorithm::{Algorithm, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const SQUARE_AVG: &str = "square_avg";
const GRAD_AVG: &str = "grad_avg";
const MOMENTUM_BUFFER: &str = "momentum_buffer";

pub(super) const ROW: Row = Row::new::<RmsProp>(
    "rmsprop",
    "RMSprop (Tieleman and Hinton, 2012), of the same parameters as `sgd`. Options and their defaults: `lr` 1e-2, `alpha` 0.99,\n\
     `eps` 1e-8, `weight_decay` 0, `momentum` 0, `centered` false.",
    "assert_eq(rmsprop(linear(2, 1)).lr, 0.01);",
);

/// g ← g + λp; v ← αv + (1 − α)g²; p ← p − lr · g / (√v + ε). Centered, v is less the square of the gradients' mean; with
/// momentum, b ← μb + g / (√v + ε) and p ← p − lr·b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RmsProp {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// α, from 0 to 1.
    pub alpha: f64,
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// μ, at least 0.
    pub momentum: f64,
    /// Divide by an estimate of the gradient's deviation instead of its size.
    pub centered: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        RmsProp { lr: 1e-2, alpha: 0.99, eps: 1e-8, weight_decay: 0.0, momentum: 0.0, centered: false }
    }
}

impl Algorithm for RmsProp {
    fn name(&self) -> &'static str {
        "rmsprop"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[SQUARE_AVG, GRAD_AVG, MOMENTUM_BUFFER])
    }

    fn validate(&self) -> Result<()> {
        not_negative("rmsprop", "lr", self.lr)?;
        not_negative("rmsprop", "eps", self.eps)?;
        not_negative("rmsprop", "weight_decay", self.weight_decay)?;
        not_negative("rmsprop", "momentum", self.momentum)?;
        match (0.0..=1.0).contains(&self.alpha) {
            true => Ok(()),
            false => Err(Error::value(format!("rmsprop: alpha must lie between 0 and 1, not {}", self.alpha))),
        }
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let grad = with_decay(grad, param, self.weight_decay)?;
        let denominator = self.size(&grad, state)?.f_add_scalar_(self.eps)?;
        if self.momentum == 0.0 {
            return param.f_addcdiv_(&grad.f_mul_scalar(-lr)?, &denominator).map(drop);
        }
        let mut velocity = state.get_or_zeros(MOMENTUM_BUFFER, param)?;
        let velocity = velocity.f_mul_scalar_(self.momentum)?.f_addcdiv_(&grad, &denominator)?;
        param.f_add_(&velocity.f_mul_scalar(-lr)?).map(drop)
    }
}

impl RmsProp {
    /// √v: the usual size of the gradient, or its deviation where the mean is taken off.
    fn size(&self, grad: &Tensor, state: &mut ParamState) -> Result<Tensor, TchError> {
        let mut square = state.get_or_zeros(SQUARE_AVG, grad)?;
        let square = square.f_mul_scalar_(self.alpha)?.f_addcmul_(&grad.f_mul_scalar(1.0 - self.alpha)?, grad)?;
        if !self.centered {
            return square.f_sqrt();
        }
        let mean = state.get_or_zeros(GRAD_AVG, grad)?.f_lerp_(grad, 1.0 - self.alpha)?;
        square.f_addcmul(&mean.f_mul_scalar(-1.0)?, &mean)?.f_sqrt_()
    }
}
