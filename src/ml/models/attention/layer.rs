//! A layer of a transformer's encoder (Vaswani et al. 2017): attention, then two linear layers for each position alone, each with a connection past
//! it and a normalization, behind both or in front of both.

use super::multihead::{AttentionOptions, MultiheadAttention};
use crate::error::{Error, ErrorKind, Result, choose};
use crate::ml::batch::{Sequence, Value};
use crate::ml::models::encoder::kernel;
use crate::ml::models::{LayerNorm, Linear, Module, Pass, Replica, dropout, init};
use crate::ml::tensor::During;
use std::{cell::Cell, rc::Rc};
use tch::Tensor;

/// What stands between the two linear layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeedForward {
    #[default]
    Relu,
    Gelu,
}

const FUNCTIONS: [(&str, FeedForward); 2] = [("relu", FeedForward::Relu), ("gelu", FeedForward::Gelu)];

impl FeedForward {
    /// `"gelu"` → [`FeedForward::Gelu`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<FeedForward> {
        choose(&FUNCTIONS, name, ErrorKind::Option, "activation")
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            FeedForward::Relu => "relu",
            FeedForward::Gelu => "gelu",
        }
    }

    fn apply(self, x: &Tensor) -> Result<Tensor> {
        match self {
            FeedForward::Relu => x.f_relu(),
            FeedForward::Gelu => kernel::gelu(x),
        }
        .during(self.name(), &[x])
    }
}

/// PyTorch's options of a `TransformerEncoderLayer`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerOptions {
    pub dim_feedforward: i64,
    pub dropout: f64,
    pub activation: FeedForward,
    pub norm_first: bool,
    pub layer_norm_eps: f64,
    /// Each position sees itself and those before it.
    pub causal: bool,
}

impl Default for LayerOptions {
    fn default() -> Self {
        LayerOptions {
            dim_feedforward: 2048,
            dropout: 0.1,
            activation: FeedForward::Relu,
            norm_first: false,
            layer_norm_eps: 1e-5,
            causal: false,
        }
    }
}

/// PyTorch's `TransformerEncoderLayer(batch_first=True)`.
#[derive(Debug)]
pub struct TransformerEncoderLayer {
    attention: Rc<MultiheadAttention>,
    linear1: Rc<Linear>,
    linear2: Rc<Linear>,
    norm1: Rc<LayerNorm>,
    norm2: Rc<LayerNorm>,
    options: LayerOptions,
    training: Cell<bool>,
}

impl TransformerEncoderLayer {
    /// # Errors
    /// A size below 1, heads that do not divide the width, a dropout outside `[0, 1)`, an `eps` that is not above 0.
    pub fn new(width: i64, heads: i64, options: LayerOptions) -> Result<TransformerEncoderLayer> {
        let LayerOptions { dim_feedforward, dropout, layer_norm_eps, causal, .. } = options;
        init::at_least_one("transformer_encoder", "dim_feedforward", dim_feedforward)?;
        dropout::check("transformer_encoder", dropout)?;
        let norm = || Ok::<_, Error>(Rc::new(LayerNorm::new(&[width], layer_norm_eps, true)?));
        Ok(TransformerEncoderLayer {
            attention: Rc::new(MultiheadAttention::new(
                width,
                heads,
                AttentionOptions { dropout, bias: true, causal },
            )?),
            linear1: Rc::new(Linear::new(width, dim_feedforward, true)?),
            linear2: Rc::new(Linear::new(dim_feedforward, width, true)?),
            norm1: norm()?,
            norm2: norm()?,
            options,
            training: Cell::new(true),
        })
    }

    /// Positions `[n, width]` of rows of these lengths → the same.
    pub(super) fn through(&self, x: &Tensor, lengths: &[i64]) -> Result<Tensor> {
        let drop = if self.training.get() { self.options.dropout } else { 0.0 };
        let attend = |x: &Tensor| self.attention.attend(x, x, lengths, lengths);
        let feed = |x: &Tensor| {
            let wide = self.options.activation.apply(&self.linear1.apply(x)?)?;
            self.linear2.apply(&dropout::drop_if(wide, drop)?)
        };
        if !self.options.norm_first {
            let x = self.norm1.settle(&attend(x)?, x, drop)?;
            return self.norm2.settle(&feed(&x)?, &x, drop);
        }
        let add =
            |given: Tensor, x: &Tensor| dropout::drop_if(given, drop)?.f_add(x).during("transformer_encoder", &[x]);
        let x = add(attend(&self.norm1.apply(x)?)?, x)?;
        add(feed(&self.norm2.apply(&x)?)?, &x)
    }

    fn width(&self) -> i64 {
        self.linear2.own_parameters()[0].1.size()[0]
    }
}

impl Module for TransformerEncoderLayer {
    fn type_name(&self) -> &str {
        "TransformerEncoderLayer"
    }

    fn describe(&self) -> String {
        let LayerOptions { dropout, activation, norm_first, .. } = self.options;
        let first = if norm_first { ", norm_first=true" } else { "" };
        format!("dropout={dropout}, activation=\"{}\"{first}", activation.name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let s = input.sequence("transformer_encoder")?;
        if s.shape().len() != 3 || s.shape().last() != Some(&self.width()) {
            let (takes, given) = (self.width(), s.describe());
            return Err(Error::shape(format!("transformer_encoder takes [batch, length, {takes}], got {given}")));
        }
        let y = self.through(&s.to_packed()?, s.layout().lengths())?;
        Ok(Sequence::packed(y, s.layout().clone())?.into())
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        vec![
            ("self_attn".to_string(), self.attention.clone()),
            ("linear1".to_string(), self.linear1.clone()),
            ("linear2".to_string(), self.linear2.clone()),
            ("norm1".to_string(), self.norm1.clone()),
            ("norm2".to_string(), self.norm2.clone()),
        ]
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(TransformerEncoderLayer {
            attention: Rc::new(self.attention.copied(replica)?),
            linear1: Rc::new(self.linear1.copied(replica)?),
            linear2: Rc::new(self.linear2.copied(replica)?),
            norm1: Rc::new(self.norm1.copied(replica)?),
            norm2: Rc::new(self.norm2.copied(replica)?),
            options: self.options,
            training: self.training.clone(),
        }))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
        self.attention.set_training(training);
    }
}
