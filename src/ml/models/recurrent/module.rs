//! Recurrent layers: a cell in one direction or both, in layers.
//!
//! **Padding.** Behind a row, padding never touches a result: outputs, states and gradients are those of PyTorch's
//! `pack_padded_sequence`. In front of a row, results are those of PyTorch on sequences padded in front with zero vectors to
//! the full width (the lab's way): the padding is read, and the layer itself takes it as zero vectors, whatever stands there
//! (a trained row, the bias of a layer before), so that no other layer has to promise it. `Max` and `Mean` go over real
//! positions in both cases.
//!
//! **Cost.** On a processor in float32, rows are packed, and a batch costs its real positions (`packed`). What the kernel does not take goes
//! through libtorch's layer, on a processor in groups of rows of similar length (`padded`). With padding in front, zero vectors leave every row
//! in the same state, which one row finds for all of them.

use super::direction::Weights;
use super::kernel;
use super::layer::{Layer, READOUTS};
use super::{Cell, Nonlinearity};
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::batch::Value;
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Module, Pass, Readout, Replica, dropout, init};
use crate::ml::tensor::kind_name;
use std::rc::Rc;
use tch::{Kind, Tensor};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecurrentOptions {
    pub layers: i64,
    pub bidirectional: bool,
    /// Probability to drop each output of every layer but the last, in training.
    pub dropout: f64,
    pub readout: Readout,
}

impl Default for RecurrentOptions {
    fn default() -> Self {
        RecurrentOptions { layers: 1, bidirectional: false, dropout: 0.0, readout: Readout::Last }
    }
}

/// PyTorch's `LSTM`, `GRU` or `RNN` (`batch_first=True`) with a readout: `[batch, length, input]` → `[batch, D·hidden]`, or a sequence of
/// `[batch, length, D·hidden]` with [`Readout::All`]; D is the number of directions, the forward one's features first.
///
/// With `All` and padding behind, the sequence is cut to its longest row and its padding is zero, as
/// `pad_packed_sequence` has it.
pub struct Recurrent {
    pub(super) cell: Cell,
    pub(super) input: i64,
    hidden: i64,
    pub(super) options: RecurrentOptions,
    pub(super) layers: Vec<Layer>,
    training: std::cell::Cell<bool>,
}

impl Recurrent {
    /// What it can hand on.
    pub const READOUTS: [Readout; 5] = READOUTS;

    /// All parameters start uniform in ±1/√hidden, as in PyTorch.
    ///
    /// # Errors
    /// A size or number of layers below 1, a dropout outside `[0, 1)` or with nothing to stand between, another readout than
    /// [`Recurrent::READOUTS`].
    pub fn new(cell: Cell, input: i64, hidden: i64, options: RecurrentOptions) -> Result<Self> {
        let name = cell.name();
        init::at_least_one(name, "the number of input features", input)?;
        init::at_least_one(name, "the number of hidden features", hidden)?;
        init::at_least_one(name, "layers", options.layers)?;
        dropout::check(name, options.dropout)?;
        if !READOUTS.contains(&options.readout) {
            return Err(options.readout.unknown(&READOUTS).within(name));
        }
        if options.dropout > 0.0 && options.layers == 1 {
            return Err(Error::value(format!(
                "{name}: dropout stands between layers, and there is one only: use layers of 2 or more, or a dropout(…) behind",
            )));
        }
        let width = cell.gates() * hidden;
        let bound = (hidden as f64).sqrt().recip();
        let weights = |features: i64| -> Result<Weights> {
            let shapes: [&[i64]; 4] = [&[width, features], &[width, hidden], &[width], &[width]];
            let [a, b, c, d] = shapes.map(|shape| init::uniform(shape, bound));
            Ok(Weights { cell, tensors: [a?, b?, c?, d?] })
        };
        let directions = if options.bidirectional { 2 } else { 1 };
        room(cell, input, hidden, &options)?;
        let mut layers = Vec::new();
        for layer in 0..options.layers {
            let features = if layer == 0 { input } else { directions * hidden };
            let forward = weights(features)?;
            let reverse = if options.bidirectional { Some(weights(features)?) } else { None };
            layers.push(Layer { forward, reverse });
        }
        Ok(Recurrent { cell, input, hidden, options, layers, training: std::cell::Cell::new(true) })
    }

    /// Whether outputs are dropped between the layers now.
    pub(super) fn drops(&self) -> bool {
        self.training.get() && self.options.dropout > 0.0
    }

    /// Whether padding in front leaves all rows in the same state, and nothing else of it is read. A reverse direction ends
    /// in the padding, at states of each row's own, and hands them to the layer above; dropout differs from row to row.
    pub(super) fn shares_padding(&self) -> bool {
        let one_layer = self.layers.len() == 1;
        match self.options.bidirectional {
            true => one_layer && self.options.readout != Readout::Final,
            false => one_layer || !self.drops(),
        }
    }
}

/// Refuses layers that memory has no room for, before the first of them is made.
fn room(cell: Cell, input: i64, hidden: i64, options: &RecurrentOptions) -> Result<()> {
    /// Of a direction: four tensors, and what libtorch keeps of each.
    const OF_TENSORS: f64 = 4.0 * 512.0;
    let directions = if options.bidirectional { 2.0 } else { 1.0 };
    let [input, hidden, layers] = [input, hidden, options.layers].map(|n| n as f64);
    let direction =
        |input: f64| cell.gates() as f64 * size_of::<f32>() as f64 * hidden * (input + hidden + 2.0) + OF_TENSORS;
    let bytes = directions * (direction(input) + (layers - 1.0) * direction(directions * hidden));
    memory::room(|| format!("{}: {layers} layers", cell.name()), bytes as u64)
}

impl Module for Recurrent {
    fn type_name(&self) -> &str {
        self.cell.type_name()
    }

    fn describe(&self) -> String {
        let RecurrentOptions { layers, bidirectional, dropout, readout } = self.options;
        let mut text = format!("{}, {}", self.input, self.hidden);
        if let Cell::Rnn(nonlinearity) = self.cell
            && nonlinearity != Nonlinearity::default()
        {
            text += &format!(", nonlinearity=\"{}\"", nonlinearity.name());
        }
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
        let layer = format!("{}({})", self.cell.name(), self.describe());
        let sequence = input.sequence(&layer)?;
        let shape = sequence.shape();
        if shape.len() != 3 || shape.last() != Some(&self.input) {
            let (takes, kind) = (self.input, kind_name(sequence.kind()));
            return Err(Error::shape(format!("{layer} takes [batch, length, {takes}], got {shape:?} {kind}")));
        }
        match kernel::takes(&sequence, &self.layers[0].forward) {
            true => self.packed(&sequence),
            false => self.padded(&sequence),
        }
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let mut all = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let directions = [(Some(&layer.forward), ""), (layer.reverse.as_ref(), "_reverse")];
            for (weights, suffix) in directions.iter().filter_map(|(w, suffix)| w.map(|w| (w, suffix))) {
                for (name, p) in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].iter().zip(&weights.tensors) {
                    all.push((format!("{name}_l{number}{suffix}"), p.shallow_clone()));
                }
            }
        }
        all
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let layer = |layer: &Layer| {
            let forward = layer.forward.replicate(replica)?;
            let reverse = layer.reverse.as_ref().map(|w| w.replicate(replica)).transpose()?;
            Ok(Layer { forward, reverse })
        };
        let layers = self.layers.iter().map(layer).collect::<Result<_>>()?;
        let Recurrent { cell, input, hidden, options, .. } = *self;
        Ok(Rc::new(Recurrent { cell, input, hidden, options, layers, training: self.training.clone() }))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn example_input(&self) -> Option<Value> {
        let device = self.layers.first()?.forward.tensors[0].device();
        Tensor::f_zeros([1, EXAMPLE_LENGTH, self.input], (Kind::Float, device)).ok().map(Value::from)
    }
}
