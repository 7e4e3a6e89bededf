//! SAM: Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization" (2021); adaptive as in Kwon et al., "ASAM"
//! (2021). As the implementation for PyTorch that is used most (github.com/davda54/sam).

use super::algorithm::{Evaluate, not_negative};
use super::clip::total;
use crate::error::Result;
use crate::ml::models::{duplicate, without_statistics};
use crate::ml::tensor::During;
use serde::{Deserialize, Serialize};
use tch::{TchError, Tensor};

const WHAT: &str = "sam";

/// Each step goes along the gradient of the weights' worst neighbours within ρ: p′ = p + ρ · g / (‖g‖ + 1e-12), then the base optimizer
/// steps from p along the gradient at p′. Adaptive, neighbours are as far off as weights are large: p′ = p + ρ · p²g / (‖|p|g‖ + 1e-12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sam {
    /// ρ, at least 0.
    pub rho: f64,
    pub adaptive: bool,
}

impl Default for Sam {
    fn default() -> Self {
        Sam { rho: 0.05, adaptive: false }
    }
}

impl Sam {
    /// # Errors
    /// ρ out of range.
    pub(super) fn validate(&self) -> Result<()> {
        not_negative(WHAT, "rho", self.rho)
    }

    /// Evaluates at the worst neighbours of `params`, by their gradients, and puts the weights back to what they were.
    pub(super) fn evaluate_above(&self, params: &[Tensor], evaluate: Evaluate) -> Result<()> {
        let before = params.iter().map(duplicate).collect::<Result<Vec<_>>>()?;
        tch::no_grad(|| self.climb(params)).during(WHAT, &[])?;
        // What the neighbours see is no part of what the network has seen.
        let evaluated = without_statistics(evaluate);
        let put_back =
            || params.iter().zip(&before).try_for_each(|(p, before)| p.shallow_clone().f_copy_(before).map(drop));
        tch::no_grad(put_back).during(WHAT, &[])?;
        evaluated.map(drop)
    }

    fn climb(&self, params: &[Tensor]) -> Result<(), TchError> {
        let along = |p: &Tensor| if self.adaptive { p.grad().f_mul(&p.f_abs()?) } else { Ok(p.grad()) };
        let all = params.iter().map(along).collect::<Result<Vec<_>, _>>()?;
        let Some(size) = total(&all, 2.0)? else { return Ok(()) };
        let scale = size.f_add_scalar(1e-12)?.f_reciprocal()?.f_mul_scalar(self.rho)?;
        for (param, along) in params.iter().zip(all) {
            let along = if self.adaptive { along.f_mul(&param.f_abs()?)? } else { along };
            drop(param.shallow_clone().f_add_(&along.f_mul(&scale.f_to(along.device())?)?)?);
        }
        Ok(())
    }
}
