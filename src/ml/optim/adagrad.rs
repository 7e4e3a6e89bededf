//! Adagrad: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization" (2011).

use super::Row;
use super::algorithm::{Algorithm, not_negative, with_decay};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const SUM: &str = "sum";

pub(super) const ROW: Row = Row::new::<Adagrad>(
    "adagrad",
    "Adagrad (Duchi, Hazan and Singer, 2011), of the same parameters as `sgd`: steps of a weight become smaller with all gradients that it\n\
     has had, so that those of rare words stay large. Options and their defaults: `lr` 1e-2, `lr_decay` 0 (the rate is divided by\n\
     1 + `lr_decay` · steps), `weight_decay` 0, `initial_accumulator_value` 0, `eps` 1e-10.",
    "let w = parameter(tensor([1.0]));\n\
     let optimizer = adagrad([w], #{ lr: 0.1 });\n\
     (w * 3).sum().backward();\n\
     optimizer.step();\n\
     assert_close(w, [0.9], 1e-6);",
);

/// g ← g + λp; s ← s + g²; p ← p − lr / (1 + (t − 1)η) · g / (√s + ε).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adagrad {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// η, at least 0.
    pub lr_decay: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// What s begins with, at least 0.
    pub initial_accumulator_value: f64,
    /// ε, at least 0.
    pub eps: f64,
}

impl Default for Adagrad {
    fn default() -> Self {
        Adagrad { lr: 1e-2, lr_decay: 0.0, weight_decay: 0.0, initial_accumulator_value: 0.0, eps: 1e-10 }
    }
}

impl Algorithm for Adagrad {
    fn name(&self) -> &'static str {
        "adagrad"
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        Buffer::like(&[SUM])
    }

    fn validate(&self) -> Result<()> {
        not_negative("adagrad", "lr", self.lr)?;
        not_negative("adagrad", "lr_decay", self.lr_decay)?;
        not_negative("adagrad", "weight_decay", self.weight_decay)?;
        not_negative("adagrad", "initial_accumulator_value", self.initial_accumulator_value)?;
        not_negative("adagrad", "eps", self.eps)
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let grad = with_decay(grad, param, self.weight_decay)?;
        let lr = lr / (1.0 + (state.step - 1) as f64 * self.lr_decay);
        let mut sum = state.get_or(SUM, || param.f_full_like(self.initial_accumulator_value))?;
        let size = sum.f_addcmul_(&grad, &grad)?.f_sqrt()?.f_add_scalar_(self.eps)?;
        param.f_addcdiv_(&grad.f_mul_scalar(-lr)?, &size).map(drop)
    }
}
