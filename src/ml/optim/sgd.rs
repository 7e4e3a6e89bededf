//! Stochastic gradient descent, with momentum as in Sutskever et al., "On the importance of initialization and momentum
//! in deep learning" (2013), in PyTorch's form: the rate multiplies the velocity, not the gradient.

use super::Row;
use super::algorithm::{Algorithm, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const MOMENTUM_BUFFER: &str = "momentum_buffer";

pub(super) const ROW: Row = Row::new::<Sgd>(
    "sgd",
    "Stochastic gradient descent over the parameters of a network, an array of tensors, or parameter groups\n\
     (`[#{ params: net.lstm, lr: 0.01 }, …]`). Options and their defaults, as in PyTorch: `lr` 1e-3, `momentum` 0,\n\
     `dampening` 0, `weight_decay` 0, `nesterov` false.\n\
     \n\
     Errors: an unknown option or one out of range; no parameters that require gradients.",
    "let w = parameter(tensor([1.0]));\n\
     let optimizer = sgd([w], #{ lr: 0.1 });\n\
     (w * 3).sum().backward();\n\
     optimizer.step();\n\
     assert_close(w, [0.7], 1e-6);",
);

/// g ← g + λp; v ← μv + (1 − d)g (v ← g at first); p ← p − lr·v, or p − lr·(g + μv) with Nesterov's momentum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sgd {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// μ, at least 0.
    pub momentum: f64,
    /// d, the share of a new gradient that the velocity leaves out.
    pub dampening: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// Look ahead along the velocity. Needs momentum and no dampening.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Sgd { lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false }
    }
}

impl Algorithm for Sgd {
    fn name(&self) -> &'static str {
        "sgd"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[MOMENTUM_BUFFER])
    }

    fn validate(&self) -> Result<()> {
        not_negative("sgd", "lr", self.lr)?;
        not_negative("sgd", "momentum", self.momentum)?;
        not_negative("sgd", "weight_decay", self.weight_decay)?;
        if !self.dampening.is_finite() {
            return Err(Error::value(format!("sgd: dampening must be a finite number, not {}", self.dampening)));
        }
        if self.nesterov && (self.momentum == 0.0 || self.dampening != 0.0) {
            return Err(Error::value(format!(
                "sgd: nesterov needs a momentum above 0 and a dampening of 0, not {} and {}",
                self.momentum, self.dampening
            )));
        }
        Ok(())
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let grad = with_decay(grad, param, self.weight_decay)?;
        let direction = match self.momentum == 0.0 {
            true => grad,
            false => {
                let velocity = self.velocity(&grad, state)?;
                match self.nesterov {
                    true => grad.f_add(&velocity.f_mul_scalar(self.momentum)?)?,
                    false => velocity,
                }
            }
        };
        param.f_add_(&direction.f_mul_scalar(-lr)?).map(drop)
    }
}

impl Sgd {
    fn velocity(&self, grad: &Tensor, state: &mut ParamState) -> Result<Tensor, TchError> {
        match state.get(MOMENTUM_BUFFER) {
            Some(mut velocity) => {
                let mut velocity = velocity.f_mul_scalar_(self.momentum)?;
                match self.dampening == 0.0 {
                    true => velocity.f_add_(grad),
                    false => velocity.f_add_(&grad.f_mul_scalar(1.0 - self.dampening)?),
                }
            }
            None => {
                // A copy: the gradient's own memory is overwritten by the next backward pass.
                let mut velocity = grad.f_empty_like()?;
                velocity.f_copy_(grad)?;
                state.set(MOMENTUM_BUFFER, velocity.shallow_clone());
                Ok(velocity)
            }
        }
    }
}
