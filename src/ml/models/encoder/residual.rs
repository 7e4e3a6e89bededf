//! The residual connection around a block, with the layer normalization that belongs to it.

use super::norm::Norm;
use super::plan::{Norms, Plan};
use super::source::Source;
use crate::error::Result;
use crate::ml::models::dropout;
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug)]
pub(super) enum Residual {
    /// Normalized is what comes out: `norm(x + block(x))`.
    Behind(Norm),
    /// Normalized is what goes in, if anything: `x + block(norm(x))`.
    Before(Option<Norm>),
}

impl Residual {
    /// `name` is that of the normalization; `first` is the block right behind the embeddings, which are normalized.
    pub fn new(source: &mut Source, name: &str, plan: &Plan, first: bool) -> Result<Residual> {
        if plan.norms == Norms::Before && first {
            return Ok(Residual::Before(None));
        }
        let norm = Norm::new(source, name, plan.hidden_size, plan)?;
        Ok(match plan.norms {
            Norms::Behind => Residual::Behind(norm),
            Norms::Before => Residual::Before(Some(norm)),
        })
    }

    /// What the block takes of `x`.
    pub fn enter(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Residual::Before(Some(norm)) => norm.forward(x),
            Residual::Behind(_) | Residual::Before(None) => Ok(x.shallow_clone()),
        }
    }

    /// What the block gave, with a part of it dropped, and `before`, around which it stands.
    pub fn leave(&self, given: &Tensor, before: &Tensor, drop: f64) -> Result<Tensor> {
        match self {
            Residual::Behind(norm) => norm.settle(given, before, drop),
            Residual::Before(_) => {
                let given = dropout::drop_if(given.shallow_clone(), drop)?;
                given.f_add(before).during("encoder", &[&given, before])
            }
        }
    }

    pub fn parameters(&self, name: &str) -> Vec<(String, Tensor)> {
        match self {
            Residual::Behind(norm) | Residual::Before(Some(norm)) => norm.parameters(name),
            Residual::Before(None) => Vec::new(),
        }
    }
}
