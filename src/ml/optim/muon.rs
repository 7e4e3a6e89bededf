//! Muon: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the rate of `match_rms_adamw` is that of Liu et
//! al., "Muon is Scalable for LLM Training" (2025).

use super::Row;
use super::algorithm::{Algorithm, not_negative, of_dimensions};
use super::kept::{Buffer, ParamState};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{Kind, TchError, Tensor};

const MOMENTUM_BUFFER: &str = "momentum_buffer";

/// As in PyTorch: so many more would not make the result better.
const STEPS_BELOW: i64 = 100;

pub(super) const ROW: Row = Row::new::<Muon>(
    "muon",
    "Muon (Jordan et al., 2024), for matrices: its steps move all directions of a matrix alike. As PyTorch's it takes parameters of two\n\
     dimensions alone, those of hidden layers; biases, embeddings and the output layer are given to another optimizer, such as `adamw`.\n\
     Options and their defaults: `lr` 1e-3, `weight_decay` 0.1 (taken from the weights), `momentum` 0.95, `nesterov` true,\n\
     `ns_coefficients` [3.4445, -4.775, 2.0315], `eps` 1e-7, `ns_steps` 5 (of Newton and Schulz, in bfloat16), `adjust_lr_fn` \"original\": the\n\
     rate of a matrix of a rows and b columns is multiplied by √max(1, a / b); with \"match_rms_adamw\" by 0.2 · √max(a, b), for the\n\
     rates and weight decays of AdamW.\n\
     \n\
     Errors: a parameter that has not two dimensions.",
    "let net = sequential([linear(4, 8), relu(), linear(8, 2)]);\n\
     let hidden = muon(net[0].parameters().filter(|p| p.shape.len() == 2), #{ lr: 0.02 });\n\
     let others = adamw([net[0].parameters().filter(|p| p.shape.len() != 2), net[2]]);\n\
     net.forward(ones([1, 4])).sum().backward();\n\
     hidden.step();\n\
     others.step();\n\
     assert_throws(|| muon(net), \"2 dimensions\");",
);

/// m ← μm + (1 − μ)g; u is m, or g + μ(m − g) with Nesterov's momentum; p ← p − lr·λ·p, then p ← p − lr · r · NS(u). NS brings all
/// singular values near 1: X = u / (‖u‖ + ε), and so many times X ← aX + (bA + cA²)X with A = XXᵀ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Muon {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// λ, at least 0.
    pub weight_decay: f64,
    /// μ, from 0 to 1.
    pub momentum: f64,
    /// Look ahead along the momentum.
    pub nesterov: bool,
    /// a, b and c.
    pub ns_coefficients: [f64; 3],
    /// ε, at least 0: the least that a matrix is divided by.
    pub eps: f64,
    /// How many times NS multiplies, from 0 to 99.
    pub ns_steps: i64,
    /// Which r: `original` or `match_rms_adamw`.
    pub adjust_lr_fn: String,
}

impl Default for Muon {
    fn default() -> Self {
        Muon {
            lr: 1e-3,
            weight_decay: 0.1,
            momentum: 0.95,
            nesterov: true,
            ns_coefficients: [3.4445, -4.775, 2.0315],
            eps: 1e-7,
            ns_steps: 5,
            adjust_lr_fn: "original".into(),
        }
    }
}

impl Algorithm for Muon {
    fn name(&self) -> &'static str {
        "muon"
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
        not_negative("muon", "lr", self.lr)?;
        not_negative("muon", "weight_decay", self.weight_decay)?;
        not_negative("muon", "eps", self.eps)?;
        if !(0.0..=1.0).contains(&self.momentum) {
            return Err(Error::value(format!("muon: momentum must lie between 0 and 1, not {}", self.momentum)));
        }
        if !(0..STEPS_BELOW).contains(&self.ns_steps) {
            let given = self.ns_steps;
            return Err(Error::value(format!("muon: ns_steps must be from 0 to {}, not {given}", STEPS_BELOW - 1)));
        }
        match self.adjust_lr_fn.as_str() {
            "original" | "match_rms_adamw" => Ok(()),
            other => Err(Error::value(format!(
                "muon: adjust_lr_fn must be \"original\" or \"match_rms_adamw\", not {other:?}"
            ))),
        }
    }

    fn check(&self, name: &str, param: &Tensor) -> Result<()> {
        of_dimensions("muon", 2, name, param)
    }

    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError> {
        let mean = state.get_or_zeros(MOMENTUM_BUFFER, param)?.f_lerp_(grad, 1.0 - self.momentum)?;
        let along = if self.nesterov { grad.f_lerp(&mean, self.momentum)? } else { mean };
        let along = self.orthogonal(&along)?;
        drop(param.f_mul_scalar_(1.0 - lr * self.weight_decay)?);
        // Not multiplied in bfloat16, which has no room for the rate's digits.
        let step = along.f_to_kind(param.kind())?.f_mul_scalar_(-lr * self.adjusted(&param.size()))?;
        param.f_add_(&step).map(drop)
    }
}

impl Muon {
    /// NS(u), in bfloat16.
    fn orthogonal(&self, along: &Tensor) -> Result<Tensor, TchError> {
        let [a, b, c] = self.ns_coefficients;
        let is_tall = matches!(along.size()[..], [rows, columns] if rows > columns);
        let turned = |t: Tensor| if is_tall { t.f_tr() } else { Ok(t) };
        // A copy, since momentum itself may be in bfloat16 and is not to be divided. It is a batch of one: batches of products can be
        // scaled and added to at once, with one rounding.
        let x = turned(along.f_internal_to_copy((Kind::BFloat16, along.device()), false)?)?;
        let size = x.f_norm()?.f_clamp_min(self.eps)?;
        let mut x = x.f_unsqueeze(0)?.f_div_(&size)?;
        for _ in 0..self.ns_steps {
            let gram = x.f_matmul(&x.f_mt()?)?;
            let update = gram.f_baddbmm(&gram, &gram, b, c)?;
            x = x.f_baddbmm(&update, &x, a, 1.0)?;
        }
        turned(x.f_squeeze_dim(0)?)
    }

    /// r, for a matrix of this shape.
    fn adjusted(&self, shape: &[i64]) -> f64 {
        let [rows, columns] = [0, 1].map(|at| shape.get(at).map_or(1.0, |n| *n as f64));
        match self.adjust_lr_fn.as_str() {
            "match_rms_adamw" => 0.2 * rows.max(columns).sqrt(),
            _ => (rows / columns).max(1.0).sqrt(),
        }
    }
}
