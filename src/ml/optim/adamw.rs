//! AdamW: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).

use super::Row;
use super::adam::{BUFFERS, Decay, Moments};
use super::algorithm::{Algorithm, not_negative};
use super::kept::{Buffer, ParamState};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

pub(super) const ROW: Row = Row::new::<AdamW>(
    "adamw",
    "Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Takes what `adam` takes; `weight_decay` is 0.01.",
    "let optimizer = adamw(linear(2, 1), #{ lr: 1e-3, weight_decay: 0.1 });\n\
     assert_eq(optimizer.lr, 1e-3);\n\
     assert_throws(|| adamw(linear(2, 1), #{ weigth_decay: 1 }), \"weight_decay\");",
);

/// p ← p − lr·λ·p, then Adam's step without λ: the decay is not divided by √v̂.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamW {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// β₁ and β₂, each at least 0 and below 1.
    pub betas: [f64; 2],
    /// ε, at least 0.
    pub eps: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// Divide by the largest v̂ so far.
    pub amsgrad: bool,
}

impl Default for AdamW {
    fn default() -> Self {
        AdamW { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 1e-2, amsgrad: false }
    }
}

impl Algorithm for AdamW {
    fn name(&self) -> &'static str {
        "adamw"
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
        not_negative("adamw", "lr", self.lr)?;
        not_negative("adamw", "weight_decay", self.weight_decay)?;
        self.moments().validate("adamw")
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        self.moments().descend(param, grad, lr, Decay::Weight(self.weight_decay), state)
    }
}

impl AdamW {
    fn moments(&self) -> Moments {
        Moments { betas: self.betas, eps: self.eps, amsgrad: self.amsgrad }
    }
}
