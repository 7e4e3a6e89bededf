//! The layers over packed rows, by the project's own kernel: nothing of the padding is computed.

use super::direction::Weights;
use super::kernel::{self, Outputs};
use super::layer::{Layer, READOUTS};
use super::lstm::Lstm;
use super::packing::Packing;
use super::rows::Rows;
use crate::error::Result;
use crate::ml::batch::{Pad, Value};
use crate::ml::dropout_mask;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use tch::{Kind, TchError, Tensor};

/// The states in which the first direction begins, hidden and cell, `[1, rows, H]` each.
type Start = [Tensor; 2];

impl Lstm {
    /// All layers over a batch, `[batch, width, F]`. Of padding in front, which is read, one row serves for all where it can.
    pub(super) fn packed(&self, x: &Tensor, rows: &Rows) -> Result<Value> {
        let width = rows.width();
        if rows.pad() == Pad::Front && (self.options.readout == Readout::All || !self.shares_padding()) {
            let packing = Packing::of(&vec![width; rows.lengths().len()], Pad::Front);
            return self.through(packing.pack(&rows.values(x)?)?, &packing, rows, Vec::new());
        }
        let packing = Packing::of(rows.lengths(), rows.pad());
        let starts = if rows.pad() == Pad::Front { self.starts_of(x, &packing, width)? } else { Vec::new() };
        self.through(packing.pack(x)?, &packing, &rows.without_common_padding(), starts)
    }

    /// All layers over packed positions, `[positions, F]`, which begin at `starts`, if there are any.
    fn through(&self, mut x: Tensor, packing: &Packing, rows: &Rows, starts: Vec<Start>) -> Result<Value> {
        let mut starts = starts.into_iter();
        for (number, layer) in self.layers.iter().enumerate() {
            let start = starts.next();
            if number + 1 == self.layers.len() {
                return read(layer, &x, packing, rows, start, self.options.readout);
            }
            x = outputs(&layer.directions(), &x, packing, start, false)?.all;
            if self.drops() {
                // Drawn for the padded batch, as on other devices: a number of its own for each position, wherever that lies.
                let shape = [rows.lengths().len() as i64, rows.width(), x.size()[1]];
                let mask = packing.pack(&dropout_mask::mask(&shape, self.options.dropout)?)?;
                x = x.f_mul(&mask).during("dropout", &[&x])?;
            }
        }
        packing.unpack(&x, rows.width()).map(Value::from)
    }

    /// Where each layer begins with rows that have padding in front: zero vectors leave all rows in the same state, which one row finds for all.
    fn starts_of(&self, x: &Tensor, packing: &Packing, width: i64) -> Result<Vec<Start>> {
        let padding: Vec<i64> = packing.lengths().iter().map(|n| width - n).collect();
        let most = padding.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Ok(Vec::new());
        }
        let one = Packing::of(&[most], Pad::Back);
        let mut zeros = Tensor::f_zeros([most, self.input], (x.kind(), x.device())).during("lstm", &[x])?;
        // Where each row begins: at the state behind as many steps, of which the first is zero.
        let index = Tensor::f_from_slice(&padding).during("lstm", &[])?;
        let mut starts = Vec::new();
        for layer in &self.layers {
            let outputs = outputs(&[&layer.forward], &zeros, &one, None, true)?;
            let at = |states: &Tensor| {
                let states = states.f_constant_pad_nd([0, 0, 1, 0])?;
                Tensor::f_embedding(&states, &index, -1, false, false)?.f_unsqueeze(0)
            };
            let both = || Ok::<_, TchError>([at(&outputs.all)?, at(&outputs.cells.f_squeeze_dim(0)?)?]);
            starts.push(both().during("lstm", &[x])?);
            zeros = outputs.all;
        }
        Ok(starts)
    }
}

/// One layer over packed positions, `[positions, F]`.
fn outputs(
    directions: &[&Weights],
    x: &Tensor,
    packing: &Packing,
    start: Option<Start>,
    asks_cells: bool,
) -> Result<Outputs> {
    let shape = |n: usize| [n as i64, packing.lengths().len() as i64, directions[0].0[1].size()[1]];
    let zeros = |n: usize| Tensor::f_zeros(shape(n), (Kind::Float, x.device()));
    let states = || match start {
        None => Ok::<_, TchError>([zeros(directions.len())?, zeros(directions.len())?]),
        Some(start) if directions.len() == 1 => Ok(start),
        Some([h, c]) => {
            let rest = zeros(directions.len() - 1)?;
            Ok([Tensor::f_cat(&[&h, &rest], 0)?, Tensor::f_cat(&[&c, &rest], 0)?])
        }
    };
    kernel::run(x, directions, &states().during("lstm", &[x])?, &packing.layout(), asks_cells)
}

/// What a readout takes of the last layer's outputs, in the order of the batch's rows.
fn read(
    layer: &Layer,
    x: &Tensor,
    packing: &Packing,
    rows: &Rows,
    start: Option<Start>,
    readout: Readout,
) -> Result<Value> {
    let side_by_side = |ends: &[Tensor]| {
        let ends = Tensor::f_cat(ends, -1).during("lstm", &[x])?;
        packing.in_order(&ends).map(Value::from)
    };
    let end = |ends: &Tensor, direction: i64| ends.f_select(0, direction).during("lstm", &[x]);
    let all = |start| outputs(&layer.directions(), x, packing, start, false);
    match readout {
        Readout::All => {
            let padded = packing.unpack(&all(start)?.all, rows.width())?;
            Ok(rows.sequence(padded)?.into())
        }
        Readout::Max | Readout::Mean => {
            let padded = packing.unpack(&all(start)?.all, rows.width())?;
            Ok(if readout == Readout::Max { rows.max(&padded)? } else { rows.mean(&padded)? }.into())
        }
        Readout::Final => {
            let ends = all(start)?.ends;
            side_by_side(&(0..ends.size()[0]).map(|d| end(&ends, d)).collect::<Result<Vec<_>>>()?)
        }
        Readout::Last => {
            let mut ends = vec![end(&outputs(&[&layer.forward], x, packing, start, false)?.ends, 0)?];
            if let Some(reverse) = &layer.reverse {
                // Its first step, the only one that counts.
                let steps = Packing::of(&vec![1; packing.lengths().len()], Pad::Back);
                ends.push(end(&outputs(&[reverse], &packing.last(x)?, &steps, None, false)?.ends, 0)?);
            }
            side_by_side(&ends)
        }
        Readout::Cls | Readout::Pooler => Err(readout.unknown(&READOUTS).within("lstm")),
    }
}
