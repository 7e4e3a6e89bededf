//! Long short-term memory (Hochreiter, Schmidhuber 1997), one direction or both, in layers.
//!
//! Per step: `i, f, o = σ(W x + b + U h + c)`, `g = tanh(…)` likewise, `c' = f⊙c + i⊙g`, `h' = o⊙tanh(c')`, from zero states.
//!
//! **Padding.** Behind a row, padding never touches a result: outputs, states and gradients are those of PyTorch's
//! `pack_padded_sequence`. In front of a row, results are those of PyTorch on sequences padded in front with zero vectors to
//! the full width (the lab's way): the padding is read, and the layer itself takes it as zero vectors, whatever stands there
//! (a trained row, the bias of a layer before), so that no other layer has to promise it. `Max` and `Mean` go over real
//! positions in both cases.
//!
//! **Cost.** On a processor a batch is computed in groups of rows of similar length, and so costs little more than its real
//! positions. That holds with padding in front too: zero vectors leave every row in the same state, which one row finds for
//! all of them.

use super::direction::{self, State, Weights};
use super::groups::{self, Group};
use super::layer::{Layer, READOUTS};
use super::rows::Rows;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::batch::{Pad, Value};
use crate::ml::dropout_mask;
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Module, Pass, Readout, Replica, dropout, init};
use crate::ml::tensor::{During, describe};
use std::{cell::Cell, rc::Rc};
use tch::{Device, Kind, Tensor};

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

impl Lstm {
    /// What it can hand on.
    pub const READOUTS: [Readout; 5] = READOUTS;

    /// All parameters start uniform in ±1/√hidden, as in PyTorch.
    ///
    /// # Errors
    /// A size or number of layers below 1, a dropout outside `[0, 1)` or with nothing to stand between, another readout than
    /// [`Lstm::READOUTS`].
    pub fn new(input: i64, hidden: i64, options: LstmOptions) -> Result<Self> {
        init::at_least_one("lstm", "the number of input features", input)?;
        init::at_least_one("lstm", "the number of hidden features", hidden)?;
        init::at_least_one("lstm", "layers", options.layers)?;
        dropout::check("lstm", options.dropout)?;
        if !READOUTS.contains(&options.readout) {
            return Err(options.readout.unknown(&READOUTS).within("lstm"));
        }
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
        room(input, hidden, &options)?;
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

/// Refuses layers that memory has no room for, before the first of them is made.
fn room(input: i64, hidden: i64, options: &LstmOptions) -> Result<()> {
    /// Of a direction: four tensors, and what libtorch keeps of each.
    const OF_TENSORS: f64 = 4.0 * 512.0;
    let directions = if options.bidirectional { 2.0 } else { 1.0 };
    let [input, hidden, layers] = [input, hidden, options.layers].map(|n| n as f64);
    let direction = |input: f64| 4.0 * size_of::<f32>() as f64 * hidden * (input + hidden + 2.0) + OF_TENSORS;
    let bytes = directions * (direction(input) + (layers - 1.0) * direction(directions * hidden));
    memory::room(|| format!("lstm: {layers} layers"), bytes as u64)
}

/// The states in which the forward directions of all layers begin; none where they begin at zero.
type Starts = Vec<State>;

impl Lstm {
    /// All layers over rows that are computed together.
    fn run(&self, mut x: Tensor, rows: &Rows, starts: &Starts) -> Result<Value> {
        for (number, layer) in self.layers.iter().enumerate() {
            let start = starts.get(number).map(|state| state.for_rows(rows.lengths().len())).transpose()?;
            if number + 1 == self.layers.len() {
                return layer.read(&x, rows, start.as_ref(), self.options.readout);
            }
            x = layer.outputs(&x, rows, start.as_ref())?;
            if self.drops() {
                x = dropout_mask::drop(&x, self.options.dropout)?;
            }
        }
        Ok(x.into())
    }

    fn drops(&self) -> bool {
        self.training.get() && self.options.dropout > 0.0
    }

    /// The groups of rows that the layer computes one after the other. A processor's time goes with the positions that
    /// are computed; other devices want the whole batch at once.
    fn groups(&self, x: &Tensor, rows: &Rows) -> Vec<Group> {
        let together = match rows.pad() {
            _ if x.device() != Device::Cpu || self.options.readout == Readout::All => true,
            Pad::Back => false,
            Pad::Front => !self.shares_padding(),
        };
        match together {
            true => vec![Group { rows: (0..rows.lengths().len() as i64).collect(), longest: rows.width() }],
            false => groups::by_length(rows.lengths()),
        }
    }

    /// Whether padding in front leaves all rows in the same state, and nothing else of it is read. A reverse direction ends
    /// in the padding, at states of each row's own, and hands them to the layer above; dropout differs from row to row.
    fn shares_padding(&self) -> bool {
        let one_layer = self.layers.len() == 1;
        match self.options.bidirectional {
            true => one_layer && self.options.readout != Readout::Final,
            false => one_layer || !self.drops(),
        }
    }

    /// Where each group's rows begin: with padding in front at the states that the padding leaves, read once for all rows.
    /// The groups come shortest first, as [`groups::by_length`] gives them.
    fn starts(&self, x: &Tensor, rows: &Rows, groups: &[Group]) -> Result<Vec<Starts>> {
        if rows.pad() == Pad::Back {
            return Ok(groups.iter().map(|_| Starts::new()).collect());
        }
        let mut all = Vec::new();
        let mut states: Vec<State> = Vec::new();
        let mut read = 0;
        for group in groups.iter().rev() {
            let steps = rows.width() - group.longest - read;
            if steps > 0 {
                read += steps;
                let mut zeros = Tensor::f_zeros([1, steps, self.input], (x.kind(), x.device())).during("lstm", &[x])?;
                let mut after = Vec::new();
                for (number, layer) in self.layers.iter().enumerate() {
                    let (outputs, state) = direction::forward(&zeros, &layer.forward, states.get(number))?;
                    zeros = outputs;
                    after.push(state);
                }
                states = after;
            }
            all.push(states.iter().map(State::shared).collect());
        }
        all.reverse();
        Ok(all)
    }
}

/// What the groups gave, in the order of the batch's rows.
fn in_order(groups: &[Group], parts: &[Tensor]) -> Result<Tensor> {
    let rows: Vec<i64> = groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
    let mut place = vec![0; rows.len()];
    for (at, row) in (0..).zip(&rows) {
        place[*row as usize] = at;
    }
    let place = Tensor::f_from_slice(&place).during("lstm", &[])?;
    Tensor::f_cat(parts, 0).and_then(|all| all.f_index_select(0, &place)).during("lstm", &[])
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
        let (rows, x) = Rows::of(&sequence).map_err(|e| e.within(&layer))?;
        let groups = self.groups(&x, &rows);
        let starts = self.starts(&x, &rows, &groups)?;
        if let [group] = groups.as_slice()
            && group.longest == rows.width()
        {
            return self.run(x, &rows, &Starts::new());
        }
        let mut parts = Vec::new();
        for (group, starts) in groups.iter().zip(&starts) {
            let (rows, x) = rows.part(&x, group)?;
            parts.push(self.run(x, &rows, starts)?.tensor()?.shallow_clone());
        }
        Ok(in_order(&groups, &parts)?.into())
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

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let layer = |layer: &Layer| {
            let forward = layer.forward.replicate(replica)?;
            let reverse = layer.reverse.as_ref().map(|w| w.replicate(replica)).transpose()?;
            Ok(Layer { forward, reverse })
        };
        let layers = self.layers.iter().map(layer).collect::<Result<_>>()?;
        let Lstm { input, hidden, options, .. } = *self;
        Ok(Rc::new(Lstm { input, hidden, options, layers, training: self.training.clone() }))
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
