//! Multi-head attention (Vaswani et al. 2017): of a sequence to itself, or to another one.

use super::heads::Heads;
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Build, Linear, Module, Pass, Replica, Row, dropout, init};
use crate::ml::tensor::During;
use std::{cell::Cell, rc::Rc};
use tch::{Kind, Tensor};

pub(in crate::ml::models) const ROW: Row = Row {
    name: "multihead_attention",
    doc: "Multi-head attention (Vaswani and others 2017), as PyTorch's `MultiheadAttention`: `[batch, length, embed_dim]` → the same.\n\
          `forward(x)` lets each row's positions attend to that row, `forward(x, memory)` to the positions of the same row of\n\
          `memory`; padding is neither seen nor computed. Parameters `in_proj_weight` `[3·embed_dim, embed_dim]`, `in_proj_bias`,\n\
          `out_proj.weight` and `out_proj.bias`. Options:\n\
          - `dropout` 0 of the weights, `bias` true\n\
          - `causal` false: each position sees itself and those before it",
    example: "let net = multihead_attention(8, 2);\n\
          let x = sequence(randn([2, 5, 8]), tensor([5, 3]), \"back\");\n\
          assert_eq(net.forward(x).values.shape, [2, 5, 8]);\n\
          let memory = randn([2, 7, 8]);\n\
          assert_eq(net.forward(x, memory).lengths, tensor([5, 3]));",
    build: Build::Two(["embed_dim", "num_heads"], |options| {
        let options = AttentionOptions {
            dropout: options.number("dropout", 0.0)?,
            bias: options.boolean("bias", true)?,
            causal: options.boolean("causal", false)?,
        };
        Ok(Box::new(move |width, heads| Ok(Rc::new(MultiheadAttention::new(width, heads, options)?))))
    }),
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttentionOptions {
    /// Probability to drop each weight in training.
    pub dropout: f64,
    pub bias: bool,
    pub causal: bool,
}

impl Default for AttentionOptions {
    fn default() -> Self {
        AttentionOptions { dropout: 0.0, bias: true, causal: false }
    }
}

/// PyTorch's `MultiheadAttention(batch_first=True)`, without the weights among its outputs.
#[derive(Debug)]
pub struct MultiheadAttention {
    /// Of queries, keys and values: `[3E, E]`.
    in_weight: Tensor,
    /// `[3E]`.
    in_bias: Option<Tensor>,
    out: Rc<Linear>,
    heads: i64,
    options: AttentionOptions,
    training: Cell<bool>,
}

impl MultiheadAttention {
    /// As PyTorch has it, `in_proj_weight` starts uniform in ±√(6 / 4E) (Glorot, Bengio 2010), `out_proj.weight` in ±1/√E, biases at zero.
    ///
    /// # Errors
    /// A size below 1, heads that do not divide the width, a dropout outside `[0, 1)`.
    pub fn new(width: i64, heads: i64, options: AttentionOptions) -> Result<MultiheadAttention> {
        init::at_least_one("multihead_attention", "embed_dim", width)?;
        init::at_least_one("multihead_attention", "num_heads", heads)?;
        dropout::check("multihead_attention", options.dropout)?;
        if width % heads != 0 {
            return Err(Error::value(format!(
                "multihead_attention: num_heads must divide embed_dim, got {heads} for {width}"
            )));
        }
        let out = Linear::new(width, width, options.bias)?;
        if let Some((_, mut bias)) = out.own_parameters().into_iter().nth(1) {
            let _ = tch::no_grad(|| bias.f_zero_()).during("multihead_attention", &[])?;
        }
        let in_weight = init::uniform(&[3 * width, width], (6.0 / (4 * width) as f64).sqrt())?;
        let in_bias = if options.bias { Some(init::constant(&[3 * width], 0.0)?) } else { None };
        Ok(MultiheadAttention { in_weight, in_bias, out: Rc::new(out), heads, options, training: Cell::new(true) })
    }

    pub(super) fn copied(&self, replica: &mut Replica) -> Result<MultiheadAttention> {
        Ok(MultiheadAttention {
            in_weight: replica.tensor(&self.in_weight)?,
            in_bias: self.in_bias.as_ref().map(|bias| replica.tensor(bias)).transpose()?,
            out: Rc::new(self.out.copied(replica)?),
            heads: self.heads,
            options: self.options,
            training: self.training.clone(),
        })
    }

    fn width(&self) -> i64 {
        self.in_weight.size()[1]
    }

    /// Part 0, 1 or 2 of the projections: queries, keys, values.
    fn project(&self, x: &Tensor, part: i64) -> Result<Tensor> {
        let width = self.width();
        let own = |t: &Tensor| t.f_narrow(0, part * width, width);
        let project = || x.f_linear(&own(&self.in_weight)?, self.in_bias.as_ref().map(own).transpose()?.as_ref());
        project().during("multihead_attention", &[x, &self.in_weight])
    }

    /// What the positions of `x` make of those of `memory`, `[positions, width]` each, of rows of these lengths.
    pub(super) fn attend(&self, x: &Tensor, memory: &Tensor, queries: &[i64], keys: &[i64]) -> Result<Tensor> {
        let drop = if self.training.get() { self.options.dropout } else { 0.0 };
        let heads = Heads { count: self.heads, drop, causal: self.options.causal };
        let (q, k, v) = (self.project(x, 0)?, self.project(memory, 1)?, self.project(memory, 2)?);
        self.out.apply(&heads.attend([&q, &k, &v], queries, keys)?)
    }

    fn of(&self, x: &Sequence, memory: &Sequence) -> Result<Value> {
        let (queries, keys) = (x.layout().lengths(), memory.layout().lengths());
        let y = self.attend(&x.to_packed()?, &memory.to_packed()?, queries, keys)?;
        Ok(Sequence::packed(y, x.layout().clone())?.into())
    }

    fn read(&self, input: &Value) -> Result<Rc<Sequence>> {
        let layer = format!("multihead_attention({})", self.describe());
        let s = input.sequence(&layer)?;
        match s.shape().as_slice() {
            [_, _, width] if *width == self.width() => Ok(s),
            _ => {
                let (takes, given) = (self.width(), s.describe());
                Err(Error::shape(format!("{layer} takes [batch, length, {takes}], got {given}")))
            }
        }
    }
}

impl Module for MultiheadAttention {
    fn type_name(&self) -> &str {
        "MultiheadAttention"
    }

    fn describe(&self) -> String {
        let AttentionOptions { dropout, bias, causal } = self.options;
        let mut text = format!("{}, {}", self.width(), self.heads);
        if dropout > 0.0 {
            text += &format!(", dropout={dropout}");
        }
        if !bias {
            text += ", bias=false";
        }
        if causal { text + ", causal=true" } else { text }
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let x = self.read(input)?;
        self.of(&x, &x)
    }

    fn forward_with(&self, input: &Value, memory: &Value, _: &Pass) -> Result<Value> {
        let (x, memory) = (self.read(input)?, self.read(memory)?);
        let (asking, seen) = (x.layout().rows(), memory.layout().rows());
        match asking == seen {
            true => self.of(&x, &memory),
            false => Err(Error::shape(format!(
                "multihead_attention({}): {asking} rows cannot attend to {seen}, each to its own",
                self.describe()
            ))),
        }
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let bias = self.in_bias.iter().map(|b| ("in_proj_bias".to_string(), b.shallow_clone()));
        std::iter::once(("in_proj_weight".to_string(), self.in_weight.shallow_clone())).chain(bias).collect()
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        vec![("out_proj".to_string(), self.out.clone())]
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(self.copied(replica)?))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn example_input(&self) -> Option<Value> {
        Tensor::f_zeros([1, EXAMPLE_LENGTH, self.width()], (Kind::Float, self.in_weight.device())).ok().map(Value::from)
    }
}
