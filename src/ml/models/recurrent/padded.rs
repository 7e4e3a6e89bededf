//! The layers over padded rows, by libtorch's own: on other devices than a processor, in other numbers than float32, and where libtorch has no
//! products that the kernel could use.

use super::direction::{self, State};
use super::groups::{self, Group};
use super::module::Recurrent;
use super::rows::Rows;
use crate::error::Result;
use crate::ml::batch::{Pad, Sequence, Value};
use crate::ml::dropout_mask;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use tch::{Device, Tensor};

/// The states in which the forward directions of all layers begin; none where they begin at zero.
type Starts = Vec<State>;

impl Recurrent {
    /// All layers over a batch.
    pub(super) fn padded(&self, s: &Sequence) -> Result<Value> {
        let rows = &Rows::of(s);
        let x = &rows.values(&s.to_padded()?)?;
        let groups = self.groups(x, rows);
        if let [group] = groups.as_slice()
            && group.longest == rows.width()
        {
            return self.run(x.shallow_clone(), rows, &Starts::new());
        }
        let starts = self.starts(x, rows, &groups)?;
        let mut parts = Vec::new();
        for (group, starts) in groups.iter().zip(&starts) {
            let (rows, x) = rows.part(x, group)?;
            parts.push(self.run(x, &rows, starts)?.tensor()?.shallow_clone());
        }
        Ok(in_order(&groups, &parts)?.into())
    }

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
                let mut zeros =
                    Tensor::f_zeros([1, steps, self.input], (x.kind(), x.device())).during("recurrent layer", &[x])?;
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
    let place = Tensor::f_from_slice(&place).during("recurrent layer", &[])?;
    Tensor::f_cat(parts, 0).and_then(|all| all.f_index_select(0, &place)).during("recurrent layer", &[])
}
