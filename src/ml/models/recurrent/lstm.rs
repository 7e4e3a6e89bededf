//! Long short-term memory (Hochreiter, Schmidhuber 1997), one direction or both, in layers.
//!
//! Per step: `i, f, o = σ(W x + b + U h + c)`, `g = tanh(…)` likewise, `c' = f⊙c + i⊙g`, `h' = o⊙tanh(c')`, from zero states.
//!
//! **Padding.** Behind a row, padding never touches a result: outputs, states and gradients are those of PyTorch's
//! `pack_padded_sequence`. In front of a row, results are those of PyTorch on sequences padded in front with zero vectors to
//! the full width (the lab's way): the padding is read, and the layer itself takes it as zero vectors, whatever stands there
//! (a trained row, the bias of a layer before), so that no other layer has to promise it. `Max` and `Mean` go over real
//! positions in both cases.

use super::direction::{self, Weights};
use super::{Readout, rows::Rows};
use crate::error::{Error, Result};
use crate::ml::models::{EXAMPLE_LENGTH, Module, Pass, Value, dropout, init};
use crate::ml::tensor::{During, describe};
use std::cell::Cell;
use tch::{Kind, Tensor};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LstmOptions {
    pub layers: i64,
    pub bidirectional: bool,
    /// Probability to drop each output of every layer but the last, in training.
    pub dropout: f64,
    pub readout: Readout,
}

impl Default for LstmOptions {
    fn default() -> Self {
        LstmOptions { layers: 1, bidirectional: false, dropout: 0.0, readout: Readout::Last }
    }
}

/// PyTorch's `LSTM(batch_first=True)` with a readout: `[batch, length, input]` → `[batch, D·hidden]`, or a sequence of
/// `[batch, length, D·hidden]` with [`Readout::All`]; D is the number of directions, the forward one's features first.
///
/// With `All` and padding behind, the sequence is cut to its longest row and its padding is zero, as
/// `pad_packed_sequence` has it.
pub struct Lstm {
    input: i64,
    hidden: i64,
    options: LstmOptions,
    layers: Vec<Layer>,
    training: Cell<bool>,
}

struct Layer {
    forward: Weights,
    reverse: Option<Weights>,
}

impl Lstm {
    /// All parameters start uniform in ±1/√hidden, as in PyTorch.
    ///
    /// # Errors
    /// A size or number of layers below 1, a dropout outside `[0, 1)` or with nothing to stand between.
    pub fn new(input: i64, hidden: i64, options: LstmOptions) -> Result<Self> {
        init::at_least_one("lstm", "the number of input features", input)?;
        init::at_least_one("lstm", "the number of hidden features", hidden)?;
        init::at_least_one("lstm", "layers", options.layers)?;
        dropout::check("lstm", options.dropout)?;
        if options.dropout > 0.0 && options.layers == 1 {
            return Err(Error::value(
                "lstm: dropout stands between layers, and there is one only: use layers of 2 or more, or a dropout(…) behind",
            ));
        }
        let bound = (hidden as f64).sqrt().recip();
        let weights = |features: i64| -> Result<Weights> {
            let shapes: [&[i64]; 4] = [&[4 * hidden, features], &[4 * hidden, hidden], &[4 * hidden], &[4 * hidden]];
            let [a, b, c, d] = shapes.map(|shape| init::uniform(shape, bound));
            Ok(Weights([a?, b?, c?, d?]))
        };
        let directions = if options.bidirectional { 2 } else { 1 };
        let mut layers = Vec::new();
        for layer in 0..options.layers {
            let features = if layer == 0 { input } else { directions * hidden };
            let forward = weights(features)?;
            let reverse = if options.bidirectional { Some(weights(features)?) } else { None };
            layers.push(Layer { forward, reverse });
        }
        Ok(Lstm { input, hidden, options, layers, training: Cell::new(true) })
    }
}

impl Layer {
    /// The outputs at all positions in the order of time, `[batch, length, D·H]`.
    fn outputs(&self, x: &Tensor, rows: &Rows) -> Result<Tensor> {
        match &self.reverse {
            None => direction::forward(x, &self.forward),
            Some(reverse) if rows.reads_all() => direction::both(x, &self.forward, reverse),
            Some(reverse) => {
                let back = rows.reverse(&direction::reverse(x, rows, reverse)?)?;
                join(&direction::forward(x, &self.forward)?, &back)
            }
        }
    }

    /// The same in any order inside a row, for readouts that do not ask for it: saves turning outputs back.
    fn outputs_unordered(&self, x: &Tensor, rows: &Rows) -> Result<Tensor> {
        match &self.reverse {
            Some(reverse) if !rows.reads_all() => {
                join(&direction::forward(x, &self.forward)?, &direction::reverse(x, rows, reverse)?)
            }
            _ => self.outputs(x, rows),
        }
    }

    fn read(&self, x: &Tensor, rows: &Rows, readout: Readout) -> Result<Value> {
        let read = match readout {
            Readout::All => {
                let all = self.outputs(x, rows)?;
                let all = if rows.reads_all() { all } else { rows.zero_padding(&all)? };
                return Ok(rows.sequence(all)?.into());
            }
            Readout::Max => rows.max(&self.outputs_unordered(x, rows)?)?,
            Readout::Mean => rows.mean(&self.outputs_unordered(x, rows)?)?,
            Readout::Last | Readout::Final => {
                let there = rows.ends(&direction::forward(x, &self.forward)?)?;
                match &self.reverse {
                    None => there,
                    Some(w) if readout == Readout::Last => join(&there, &direction::reverse_first_step(x, rows, w)?)?,
                    Some(w) => join(&there, &rows.ends(&direction::reverse(x, rows, w)?)?)?,
                }
            }
        };
        Ok(read.into())
    }
}

fn join(forward: &Tensor, reverse: &Tensor) -> Result<Tensor> {
    Tensor::f_cat(&[forward, reverse], -1).during("lstm", &[forward, reverse])
}

impl Module for Lstm {
    fn type_name(&self) -> &str {
        "LSTM"
    }

    fn describe(&self) -> String {
        let LstmOptions { layers, bidirectional, dropout, readout } = self.options;
        let mut text = format!("{}, {}", self.input, self.hidden);
        if layers > 1 {
            text += &format!(", layers={layers}");
        }
        if bidirectional {
            text += ", bidirectional=true";
        }
        if dropout > 0.0 {
            text += &format!(", dropout={dropout}");
        }
        text + format!(", readout=\"{}\"", readout.name()).as_str()
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let layer = format!("lstm({})", self.describe());
        let sequence = input.sequence(&layer)?;
        if sequence.x.size().last() != Some(&self.input) {
            let (takes, given) = (self.input, describe(&sequence.x));
            return Err(Error::shape(format!("{layer} takes [batch, length, {takes}], got {given}")));
        }
        let (rows, mut x) = Rows::of(&sequence).map_err(|e| e.within(&layer))?;
        let (last, before) = match self.layers.split_last() {
            Some(split) => split,
            None => return Ok(input.clone()),
        };
        for layer in before {
            x = layer.outputs(&x, &rows)?;
            if self.training.get() && self.options.dropout > 0.0 {
                x = dropout::drop(&x, self.options.dropout)?;
            }
        }
        last.read(&x, &rows, self.options.readout)
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let mut all = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let directions = [(Some(&layer.forward), ""), (layer.reverse.as_ref(), "_reverse")];
            for (weights, suffix) in directions.iter().filter_map(|(w, suffix)| w.map(|w| (w, suffix))) {
                for (name, p) in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].iter().zip(&weights.0) {
                    all.push((format!("{name}_l{number}{suffix}"), p.shallow_clone()));
                }
            }
        }
        all
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn example_input(&self) -> Option<Value> {
        let device = self.layers.first()?.forward.0[0].device();
        Tensor::f_zeros([1, EXAMPLE_LENGTH, self.input], (Kind::Float, device)).ok().map(Value::from)
    }
}
