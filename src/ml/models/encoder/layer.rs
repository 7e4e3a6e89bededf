//! One layer of the encoder: attention, then two linear layers for each position alone, each with a residual connection.

use super::activation::Activation;
use super::attention::Attention;
use super::dense::Dense;
use super::norm::Norm;
use super::plan::{Names, Plan};
use super::rows::Rows;
use super::source::Source;
use super::step::Step;
use crate::error::Result;
use tch::Tensor;

#[derive(Debug)]
pub(super) struct Layer {
    attention: Attention,
    intermediate: Dense,
    activation: Activation,
    output: Dense,
    norm: Norm,
}

impl Layer {
    pub fn new(source: &mut Source, number: i64, plan: &Plan) -> Result<Layer> {
        let (names, name) = (plan.names, plan.names.layer(number));
        let (width, wide) = (plan.hidden_size, plan.intermediate_size);
        Ok(Layer {
            attention: Attention::new(source, &name, plan)?,
            intermediate: Dense::new(source, &format!("{name}.{}", names.intermediate), width, wide)?,
            activation: plan.hidden_act,
            output: Dense::new(source, &format!("{name}.{}", names.output), wide, width)?,
            norm: Norm::new(source, &format!("{name}.{}", names.output_norm), width, plan.layer_norm_eps)?,
        })
    }

    /// All positions, `[positions, hidden]` → the same.
    pub fn forward(&self, x: &Tensor, rows: &Rows, step: &Step) -> Result<Tensor> {
        self.feed_forward(&self.attention.forward(x, x, &rows.computed, rows, step)?, step)
    }

    /// One position of each row, `asking` `[batch, hidden]` → the same: all that a readout of one position needs of the last
    /// layer.
    pub fn forward_one(&self, x: &Tensor, asking: &Tensor, rows: &Rows, step: &Step) -> Result<Tensor> {
        self.feed_forward(&self.attention.forward(x, asking, &vec![1; rows.seen.len()], rows, step)?, step)
    }

    fn feed_forward(&self, x: &Tensor, step: &Step) -> Result<Tensor> {
        let wide = self.activation.apply(&self.intermediate.forward(&step.cast(x)?)?)?;
        self.norm.settle(&step.widen(&self.output.forward(&wide)?)?, x, step.dropout)
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let mut all = self.attention.parameters(names);
        all.extend(self.intermediate.parameters(names.intermediate));
        all.extend(self.output.parameters(names.output));
        all.extend(self.norm.parameters(names.output_norm));
        all
    }
}
