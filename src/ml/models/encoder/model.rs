//! A transformer's encoder with a readout: attention and two linear layers, layer upon layer (Vaswani et al. 2017).

use super::dense::Dense;
use super::embeddings::Embeddings;
use super::layer::Layer;
use super::part::Part;
use super::plan::{Names, PartName, Plan};
use super::precision::Precision;
use super::read::{READOUTS, read};
use super::rows::Rows;
use super::source::Source;
use super::step::Step;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::batch::Value;
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Module, Pass, Readout, Replica, dropout, named_parameters};
use std::cell::Cell;
use std::rc::Rc;
use tch::{Kind, Tensor};

/// How an encoder is used, beside what its configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// One of [`Encoder::READOUTS`].
    pub readout: Readout,
    /// In place of the configuration's `hidden_dropout_prob`.
    pub dropout: Option<f64>,
    /// In place of its `attention_probs_dropout_prob`.
    pub attention_dropout: Option<f64>,
    pub precision: Precision,
}

/// Token ids `[batch, length]` → `[batch, hidden]`, or a sequence `[batch, longest, hidden]` with [`Readout::All`].
pub struct Encoder {
    plan: Plan,
    options: Options,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    pooler: Dense,
    children: Vec<(String, Rc<dyn Module>)>,
    training: Cell<bool>,
}

impl Encoder {
    /// What it can hand on.
    pub const READOUTS: [Readout; 6] = READOUTS;

    /// An encoder whose weights are drawn by the seed, as transformers draws them: normal with the configuration's
    /// `initializer_range`, biases and the padding token's row zero.
    ///
    /// # Errors
    /// A dropout outside `[0, 1)`, another readout than [`Encoder::READOUTS`], memory that cannot be had.
    pub fn new(plan: Plan, options: Options) -> Result<Encoder> {
        Encoder::build(&mut Source::Drawn(plan.initializer_range), plan, options)
    }

    pub(super) fn build(source: &mut Source, plan: Plan, options: Options) -> Result<Encoder> {
        for p in [options.dropout, options.attention_dropout].into_iter().flatten() {
            dropout::check("bert", p)?;
        }
        if !READOUTS.contains(&options.readout) {
            return Err(options.readout.unknown(&READOUTS).within("bert"));
        }
        memory::room(|| format!("bert: an encoder of {} layers", plan.num_hidden_layers), plan.bytes())?;
        let names = plan.names;
        let embeddings = Embeddings::new(source, &plan)?;
        let layers = (0..plan.num_hidden_layers).map(|n| Layer::new(source, n, &plan)).collect::<Result<Vec<_>>>()?;
        source.has_part(names.pooler.name);
        let (pooler, width) = (format!("{}.{}", names.pooler.name, names.pooler_dense), plan.hidden_size);
        let pooler = Dense::new(source, &pooler, width, width)?;
        let children = children(names, &embeddings, &layers, &pooler);
        Ok(Encoder { plan, options, embeddings, layers, pooler, children, training: Cell::new(true) })
    }

    fn step(&self) -> Step {
        let precision = self.options.precision;
        if !self.training.get() {
            return Step { dropout: 0.0, attention_dropout: 0.0, precision };
        }
        Step {
            precision,
            dropout: self.options.dropout.unwrap_or(self.plan.hidden_dropout_prob),
            attention_dropout: self.options.attention_dropout.unwrap_or(self.plan.attention_probs_dropout_prob),
        }
    }
}

/// The parts under their names, to look at, freeze or train alone.
fn children(names: &Names, embeddings: &Embeddings, layers: &[Layer], pooler: &Dense) -> Vec<(String, Rc<dyn Module>)> {
    let leaf = |part: &PartName, parameters| (part.name.to_string(), Part::leaf(part.class, parameters));
    let layer = |(n, layer): (usize, &Layer)| (n.to_string(), Part::leaf(names.layer, layer.parameters(names)));
    let layers = names.around.iter().rev().fold(layers.iter().enumerate().map(layer).collect(), |inside, around| {
        vec![(around.name.to_string(), Part::of(around.class, inside))]
    });
    let mut children = vec![leaf(&names.embeddings, embeddings.parameters(names))];
    children.extend(layers);
    children.push(leaf(&names.pooler, pooler.parameters(names.pooler_dense).into()));
    children
}

impl Module for Encoder {
    fn type_name(&self) -> &str {
        self.plan.names.model
    }

    fn describe(&self) -> String {
        let Plan { num_hidden_layers: layers, hidden_size, num_attention_heads: heads, .. } = self.plan;
        format!("{layers} layers, {hidden_size}, {heads} heads, readout=\"{}\"", self.options.readout.name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let Plan { max_position_embeddings, pad_token_id, .. } = self.plan;
        let readout = self.options.readout;
        let (rows, tokens) = Rows::of(input, readout == Readout::Last, max_position_embeddings, pad_token_id)?;
        let step = self.step();
        let mut x = self.embeddings.forward(&tokens, step.dropout)?;
        let [before @ .., last] = self.layers.as_slice() else {
            return Err(Error::value("bert: it has no layers"));
        };
        for layer in before {
            x = layer.forward(&x, &rows, &step)?;
        }
        read(readout, last, &self.pooler, &x, &rows, &step)
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let copy = |(name, p): (String, Tensor)| Ok((name, replica.tensor(&p)?));
        let tensors = named_parameters(self).into_iter().map(copy).collect::<Result<_>>()?;
        let copy = Encoder::build(&mut Source::Copied(tensors), self.plan.clone(), self.options)?;
        copy.training.set(self.training.get());
        Ok(Rc::new(copy))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn example_input(&self) -> Option<Value> {
        let length = EXAMPLE_LENGTH.min(self.plan.max_position_embeddings);
        let device = crate::ml::device::current();
        Tensor::f_zeros([1, length], (Kind::Int64, device)).ok().map(Value::from)
    }
}
