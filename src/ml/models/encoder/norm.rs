//! Layer normalization over the features of each position.

use super::kernel;
use super::plan::Plan;
use super::source::{Initial, Source};
use crate::error::Result;
use crate::ml::models::dropout;
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug)]
pub(super) struct Norm {
    weight: Tensor,
    bias: Option<Tensor>,
    eps: f64,
}

impl Norm {
    pub fn new(source: &mut Source, name: &str, size: i64, plan: &Plan) -> Result<Norm> {
        let mut take = |part: &str, initial| source.take(&format!("{name}.{part}"), &[size], initial);
        Ok(Norm {
            weight: take("weight", Initial::Ones)?,
            bias: plan.biases.norms.then(|| take("bias", Initial::Zeros)).transpose()?,
            eps: plan.layer_norm_eps,
        })
    }

    /// `[…, size]` → the same.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let size = self.weight.size();
        x.f_layer_norm(size.as_slice(), Some(&self.weight), self.bias.as_ref(), self.eps, false)
            .during("layer_norm", &[x])
    }

    /// Of what a block gives, with a part of it dropped, and what went into the block (the residual connection around it).
    pub fn settle(&self, given: &Tensor, before: &Tensor, drop: f64) -> Result<Tensor> {
        match &self.bias {
            Some(bias) => kernel::settle(given, before, [&self.weight, bias], self.eps, drop),
            None => {
                let given = dropout::drop_if(given.shallow_clone(), drop)?;
                self.forward(&given.f_add(before).during("encoder", &[&given, before])?)
            }
        }
    }

    pub fn parameters(&self, name: &str) -> Vec<(String, Tensor)> {
        let all = [("weight", Some(&self.weight)), ("bias", self.bias.as_ref())];
        all.into_iter().filter_map(|(part, p)| Some((format!("{name}.{part}"), p?.shallow_clone()))).collect()
    }
}
