//! One recurrent layer over padded rows of a batch, by libtorch: its outputs at all positions, or what a readout takes of them.

use super::direction::{self, State, Weights};
use super::rows::Rows;
use crate::error::Result;
use crate::ml::batch::Value;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use tch::Tensor;

/// The readouts that there are.
pub(super) const READOUTS: [Readout; 5] = [Readout::Last, Readout::Final, Readout::Max, Readout::Mean, Readout::All];

pub(super) struct Layer {
    pub forward: Weights,
    pub reverse: Option<Weights>,
}

impl Layer {
    /// The forward direction, and the reverse one, if there is one.
    pub fn directions(&self) -> Vec<&Weights> {
        [Some(&self.forward), self.reverse.as_ref()].into_iter().flatten().collect()
    }

    /// The outputs at all positions in the order of time, `[batch, length, D·H]`. The forward direction begins at `start`.
    pub fn outputs(&self, x: &Tensor, rows: &Rows, start: Option<&State>) -> Result<Tensor> {
        match &self.reverse {
            None => self.there(x, start),
            Some(reverse) if rows.reads_all() => direction::both(x, &self.forward, reverse, start),
            Some(reverse) => {
                let back = rows.reverse(&direction::reverse(x, rows, reverse)?)?;
                join(&self.there(x, start)?, &back)
            }
        }
    }

    /// The same in any order inside a row, for readouts that do not ask for it: saves turning outputs back.
    fn outputs_unordered(&self, x: &Tensor, rows: &Rows, start: Option<&State>) -> Result<Tensor> {
        match &self.reverse {
            Some(reverse) if !rows.reads_all() => join(&self.there(x, start)?, &direction::reverse(x, rows, reverse)?),
            _ => self.outputs(x, rows, start),
        }
    }

    pub fn read(&self, x: &Tensor, rows: &Rows, start: Option<&State>, readout: Readout) -> Result<Value> {
        let read = match readout {
            Readout::All => return Ok(rows.sequence(self.outputs(x, rows, start)?)?.into()),
            Readout::Max => rows.sequence(self.outputs_unordered(x, rows, start)?)?.max()?,
            Readout::Mean => rows.sequence(self.outputs_unordered(x, rows, start)?)?.mean()?,
            Readout::Last | Readout::Final => {
                let there = rows.ends(&self.there(x, start)?)?;
                match &self.reverse {
                    None => there,
                    Some(w) if readout == Readout::Last => join(&there, &direction::reverse_first_step(x, rows, w)?)?,
                    Some(w) => join(&there, &rows.ends(&direction::reverse(x, rows, w)?)?)?,
                }
            }
            Readout::Cls | Readout::Pooler => return Err(readout.unknown(&READOUTS).within(self.forward.cell.name())),
        };
        Ok(read.into())
    }

    fn there(&self, x: &Tensor, start: Option<&State>) -> Result<Tensor> {
        Ok(direction::forward(x, &self.forward, start)?.0)
    }
}

fn join(forward: &Tensor, reverse: &Tensor) -> Result<Tensor> {
    Tensor::f_cat(&[forward, reverse], -1).during("recurrent layer", &[forward, reverse])
}
