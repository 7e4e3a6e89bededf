//! What stands behind an encoder in transformers' `…ForSequenceClassification`: from one vector of each row to a score for each class.

use super::activation::Activation;
use super::dense::Dense;
use super::names::Parts;
use super::norm::Norm;
use super::plan::Plan;
use super::source::Source;
use crate::error::Result;
use crate::ml::models::{Readout, dropout};
use tch::Tensor;

/// What a family's head is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadPlan {
    /// The class of the whole: `RobertaForSequenceClassification`.
    pub class: &'static str,
    pub parts: Parts,
    /// What it takes of the encoder.
    pub readout: Readout,
    /// What stands between that and the scores.
    pub hidden: Option<Hidden>,
    /// The linear layer that gives the scores.
    pub output: &'static str,
    /// The probability to drop what goes into it.
    pub dropout: f64,
    /// The item of the configuration that says it; none where it is that of the whole encoder.
    pub dropout_item: Option<&'static str>,
}

/// A linear layer as wide as the encoder, an activation, and maybe a normalization.
#[derive(Debug, Clone, PartialEq)]
pub struct Hidden {
    pub dense: &'static str,
    pub bias: bool,
    pub activation: Activation,
    pub norm: Option<&'static str>,
    /// Whether what goes into it is dropped as well.
    pub drops: bool,
}

/// `[batch, hidden]` → `[batch, classes]`.
#[derive(Debug)]
pub(super) struct Head {
    plan: HeadPlan,
    hidden: Option<(Dense, Option<Norm>)>,
    output: Dense,
}

impl Head {
    pub fn new(source: &mut Source, encoder: &Plan, plan: HeadPlan, classes: i64) -> Result<Head> {
        let width = encoder.hidden_size;
        let hidden = plan.hidden.as_ref().map(|hidden| -> Result<_> {
            let dense = Dense::new(source, hidden.dense, width, width, hidden.bias)?;
            let norm = hidden.norm.map(|name| Norm::new(source, name, width, encoder)).transpose()?;
            Ok((dense, norm))
        });
        let hidden = hidden.transpose()?;
        let output = Dense::new(source, plan.output, width, classes, true)?;
        Ok(Head { plan, hidden, output })
    }

    pub fn forward(&self, x: &Tensor, drop: f64) -> Result<Tensor> {
        let mut x = x.shallow_clone();
        if let (Some((dense, norm)), Some(plan)) = (&self.hidden, &self.plan.hidden) {
            if plan.drops {
                x = dropout::drop_if(x, drop)?;
            }
            x = plan.activation.apply(&dense.forward(&x)?)?;
            x = norm.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(&x))?;
        }
        self.output.forward(&dropout::drop_if(x, drop)?)
    }

    /// Under their full names.
    pub fn parameters(&self) -> Vec<(String, Tensor)> {
        let mut all = Vec::new();
        if let (Some((dense, norm)), Some(plan)) = (&self.hidden, &self.plan.hidden) {
            all.extend(dense.parameters(plan.dense));
            all.extend(norm.iter().zip(plan.norm).flat_map(|(norm, name)| norm.parameters(name)));
        }
        all.extend(self.output.parameters(self.plan.output));
        all
    }

    pub fn plan(&self) -> &HeadPlan {
        &self.plan
    }
}
