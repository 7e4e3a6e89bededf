//! BERT (Devlin et al. 2019): transformers' `BertModel` with a readout, from Hugging Face folders.
//!
//! Parameters have the names of `BertModel`'s `state_dict`. Results are those of transformers on rows padded behind, with an
//! attention mask over the padding; what the padding would cost is not computed (see [`rows`]).

mod activation;
mod attention;
mod config;
mod dense;
mod embeddings;
mod layer;
mod load;
mod norm;
mod part;
mod precision;
mod readout;
mod rows;
mod source;
mod step;

pub use config::Config;
pub use load::{ENCODER, config_file};
pub use precision::Precision;
pub use readout::Readout;

use super::{EXAMPLE_LENGTH, Module, Pass, Replica, Value, named_parameters};
use crate::error::{Error, Result};
use dense::Dense;
use embeddings::Embeddings;
use layer::Layer;
use part::Part;
use rows::Rows;
use source::Source;
use std::cell::Cell;
use std::rc::Rc;
use step::Step;
use tch::{Kind, Tensor};

/// How a BERT is used, beside what its configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    pub readout: Readout,
    /// In place of the configuration's `hidden_dropout_prob`.
    pub dropout: Option<f64>,
    /// In place of its `attention_probs_dropout_prob`.
    pub attention_dropout: Option<f64>,
    pub precision: Precision,
}

/// Token ids `[batch, length]` → `[batch, hidden]`, or a sequence `[batch, longest, hidden]` with [`Readout::All`].
pub struct Bert {
    config: Config,
    options: Options,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    pooler: Dense,
    children: Vec<(String, Rc<dyn Module>)>,
    training: Cell<bool>,
}

impl Bert {
    /// A BERT whose weights are drawn by the seed, as transformers draws them: normal with the configuration's
    /// `initializer_range`, biases and the padding token's row zero.
    ///
    /// # Errors
    /// A dropout outside `[0, 1)`, memory that cannot be had.
    pub fn new(config: Config, options: Options) -> Result<Bert> {
        Bert::build(&mut Source::Drawn(config.initializer_range), config, options)
    }

    fn build(source: &mut Source, config: Config, options: Options) -> Result<Bert> {
        for p in [options.dropout, options.attention_dropout].into_iter().flatten() {
            super::dropout::check("bert", p)?;
        }
        let embeddings = Embeddings::new(source, &config)?;
        let layers =
            (0..config.num_hidden_layers).map(|n| Layer::new(source, n, &config)).collect::<Result<Vec<_>>>()?;
        source.has_part("pooler.");
        let pooler = Dense::new(source, "pooler.dense", config.hidden_size, config.hidden_size)?;
        let layer = |(n, layer): (usize, &Layer)| (n.to_string(), Part::leaf("BertLayer", layer.parameters()));
        let all = Part::of("ModuleList", layers.iter().enumerate().map(layer).collect());
        let children = vec![
            ("embeddings".to_string(), Part::leaf("BertEmbeddings", embeddings.parameters())),
            ("encoder".to_string(), Part::of("BertEncoder", vec![("layer".to_string(), all)])),
            ("pooler".to_string(), Part::leaf("BertPooler", pooler.parameters("dense").into())),
        ];
        crate::ml::heap::keep_freed();
        Ok(Bert { config, options, embeddings, layers, pooler, children, training: Cell::new(true) })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    fn step(&self) -> Step {
        let precision = self.options.precision;
        if !self.training.get() {
            return Step { dropout: 0.0, attention_dropout: 0.0, precision };
        }
        Step {
            precision,
            dropout: self.options.dropout.unwrap_or(self.config.hidden_dropout_prob),
            attention_dropout: self.options.attention_dropout.unwrap_or(self.config.attention_probs_dropout_prob),
        }
    }
}

impl Module for Bert {
    fn type_name(&self) -> &str {
        "BertModel"
    }

    fn describe(&self) -> String {
        let Config { num_hidden_layers: layers, hidden_size, num_attention_heads: heads, .. } = self.config;
        format!("{layers} layers, {hidden_size}, {heads} heads, readout=\"{}\"", self.options.readout.name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let Config { max_position_embeddings, pad_token_id, .. } = self.config;
        let readout = self.options.readout;
        let (rows, tokens) = Rows::of(input, readout, max_position_embeddings, pad_token_id)?;
        if self.training.get() {
            crate::ml::heap::give_back_growth();
        }
        let step = self.step();
        let mut x = self.embeddings.forward(&tokens, step.dropout)?;
        let [before @ .., last] = self.layers.as_slice() else {
            return Err(Error::value("bert: it has no layers"));
        };
        for layer in before {
            x = layer.forward(&x, &rows, &step)?;
        }
        readout.of(last, &self.pooler, &x, &rows, &step)
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let copy = |(name, p): (String, Tensor)| Ok((name, replica.tensor(&p)?));
        let tensors = named_parameters(self).into_iter().map(copy).collect::<Result<_>>()?;
        let copy = Bert::build(&mut Source::Copied(tensors), self.config.clone(), self.options)?;
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
        let length = EXAMPLE_LENGTH.min(self.config.max_position_embeddings);
        let device = crate::ml::device::current();
        Tensor::f_zeros([1, length], (Kind::Int64, device)).ok().map(Value::from)
    }
}
