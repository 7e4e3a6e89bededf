//! One layer of the encoder: attention, then two linear layers for each position alone, each with a residual connection.

use super::activation::Activation;
use super::attention::Attention;
use super::dense::Dense;
use super::names::Names;
use super::plan::Plan;
use super::residual::Residual;
use super::rows::{Asked, Rows};
use super::sight::Sight;
use super::source::Source;
use super::step::Step;
use crate::error::Result;
use crate::ml::models::dropout;
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug)]
pub(super) struct Layer {
    attention: Attention,
    intermediate: Dense,
    activation: Activation,
    gated: bool,
    output: Dense,
    residual: Residual,
}

impl Layer {
    /// `name` is what the names of its parameters begin with; `first` is the layer behind the embeddings.
    pub fn new(source: &mut Source, name: &str, plan: &Plan, first: bool) -> Result<Layer> {
        let (names, width, bias) = (plan.names, plan.hidden_size, plan.biases.feed_forward);
        let full = |part: &str| format!("{name}.{part}");
        Ok(Layer {
            attention: Attention::new(source, name, plan, first)?,
            intermediate: Dense::new(source, &full(names.intermediate), width, plan.wide(), bias)?,
            activation: plan.hidden_act,
            gated: plan.gated,
            output: Dense::new(source, &full(names.output), plan.intermediate_size, width, bias)?,
            residual: Residual::new(source, &full(names.output_norm), plan, false)?,
        })
    }

    /// Those positions of `x` (`[positions, hidden]`) that are asked: `[asked, hidden]`. A readout of one position needs no other of the last
    /// layer.
    pub fn forward(&self, x: &Tensor, asked: Asked, rows: &Rows, sight: &Sight, step: &Step) -> Result<Tensor> {
        self.feed_forward(&self.attention.forward(x, asked, rows, sight, step)?, step)
    }

    fn feed_forward(&self, x: &Tensor, step: &Step) -> Result<Tensor> {
        let wide = self.intermediate.forward(&step.cast(&self.residual.enter(x)?)?)?;
        let wide = if self.gated { self.gate(&wide)? } else { self.activation.apply(&wide)? };
        let wide = dropout::drop_if(wide, step.dropout.inner.unwrap_or(0.0))?;
        let output = step.widen(&self.output.forward(&wide)?)?;
        self.residual.leave(&output, x, step.dropout.output.unwrap_or(0.0))
    }

    /// The activated first half times the second.
    fn gate(&self, wide: &Tensor) -> Result<Tensor> {
        let half = wide.size()[1] / 2;
        let part = |from: i64| wide.f_narrow(1, from, half).and_then(|x| x.f_contiguous()).during("encoder", &[wide]);
        let (first, second) = (self.activation.apply(&part(0)?)?, part(half)?);
        first.f_mul(&second).during("encoder", &[&first, &second])
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let mut all = self.attention.parameters(names);
        all.extend(self.intermediate.parameters(names.intermediate));
        all.extend(self.output.parameters(names.output));
        all.extend(self.residual.parameters(names.output_norm));
        all
    }
}
