//! Adadelta: Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012).

use super::Row;
use super::algorithm::{Algorithm, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const SQUARE_AVG: &str = "square_avg";
const ACC_DELTA: &str = "acc_delta";

pub(super) const ROW: Row = Row::new::<Adadelta>(
    "adadelta",
    "Adadelta (Zeiler, 2012), of the same parameters as `sgd`: steps are as large as those before were, by the size of the gradients.\n\
     Options and their defaults: `lr` 1 (what each step is multiplied by), `rho` 0.9, `eps` 1e-6, `weight_decay` 0.",
    "assert_eq(adadelta(linear(2, 1), #{ rho: 0.95 }).lr, 1.0);",
);

/// g ← g + λp; v ← ρv + (1 − ρ)g²; Δ ← √(u + ε) / √(v + ε) · g; u ← ρu + (1 − ρ)Δ²; p ← p − lr·Δ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adadelta {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// ρ, from 0 to 1.
    pub rho: f64,
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
}

impl Default for Adadelta {
    fn default() -> Self {
        Adadelta { lr: 1.0, rho: 0.9, eps: 1e-6, weight_decay: 0.0 }
    }
}

impl Algorithm for Adadelta {
    fn name(&self) -> &'static str {
        "adadelta"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[SQUARE_AVG, ACC_DELTA])
    }

    fn validate(&self) -> Result<()> {
        not_negative("adadelta", "lr", self.lr)?;
        not_negative("adadelta", "eps", self.eps)?;
        not_negative("adadelta", "weight_decay", self.weight_decay)?;
        match (0.0..=1.0).contains(&self.rho) {
            true => Ok(()),
            false => Err(Error::value(format!("adadelta: rho must lie between 0 and 1, not {}", self.rho))),
        }
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let grad = with_decay(grad, param, self.weight_decay)?;
        let mut square = state.get_or_zeros(SQUARE_AVG, param)?;
        let mut moved = state.get_or_zeros(ACC_DELTA, param)?;
        let square = square.f_mul_scalar_(self.rho)?.f_addcmul_(&grad.f_mul_scalar(1.0 - self.rho)?, &grad)?;
        let size = square.f_add_scalar(self.eps)?.f_sqrt_()?;
        let mut delta = moved.f_add_scalar(self.eps)?.f_sqrt_()?.f_div_(&size)?.f_mul_(&grad)?;
        drop(moved.f_mul_scalar_(self.rho)?.f_addcmul_(&delta.f_mul_scalar(1.0 - self.rho)?, &delta)?);
        param.f_sub_(&delta.f_mul_scalar_(lr)?).map(drop)
    }
}
