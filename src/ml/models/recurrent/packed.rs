//! The layers over packed rows, by the project's own kernel: nothing of the padding is computed.

use super::direction::Weights;
use super::kernel::{self, Outputs};
use super::layer::{Layer, READOUTS};
use super::module::Recurrent;
use super::order::Order;
use super::rows;
use crate::error::Result;
use crate::memory;
use crate::ml::batch::{Layout, Pad, Sequence, Value};
use crate::ml::dropout_mask;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::{Kind, TchError, Tensor};

/// The states in which the first direction begins, hidden and cell, `[1, rows, H]` each; the second of no number where the cell has none.
type Start = [Tensor; 2];

/// Bytes that the order of a position takes.
const ORDER: u64 = size_of::<i64>() as u64;

/// The rows of a batch as they are read: their real positions; or, where padding in front is read, the whole width of each.
struct Reading<'a> {
    order: Order,
    layout: &'a Rc<Layout>,
    /// Where the positions that are read lie in these padded rows.
    read: Layout,
    whole: bool,
}

impl Reading<'_> {
    /// What stands at these positions, `[positions, F]`, as the layer's outputs.
    fn sequence(&self, x: Tensor) -> Result<Sequence> {
        if !self.whole {
            return Sequence::packed(x, self.layout.clone());
        }
        let (count, width) = (self.layout.rows(), self.layout.width());
        let padded = x.f_view([count, width, -1]).during("recurrent layer", &[&x])?;
        Ok(Sequence::padded_as(padded, self.layout.clone()))
    }
}

impl Recurrent {
    /// All layers over a batch. Of padding in front, which is read, one row serves for all where it can.
    pub(super) fn packed(&self, s: &Sequence) -> Result<Value> {
        let layout = s.layout().as_read();
        let pad = layout.pad();
        let whole = pad == Pad::Front && (self.options.readout == Readout::All || !self.shares_padding());
        let read = if whole { Layout::full(layout.rows(), layout.width())? } else { layout.narrowed() };
        let (order, positions) = (Order::of(read.lengths(), pad), read.positions());
        memory::room(
            || format!("{}: the order of {positions} positions", self.cell.name()),
            (positions as u64).saturating_mul(ORDER),
        )?;
        let x = match whole {
            true => {
                let x = rows::with_zeros_in_front(&s.to_padded()?, &layout)?;
                x.f_reshape([-1, self.input]).during("recurrent layer", &[&x])?
            }
            false => s.to_packed()?,
        };
        let starts = if pad == Pad::Front && !whole { self.starts_of(s, &order)? } else { Vec::new() };
        self.through(x, &Reading { order, layout: &layout, read, whole }, starts)
    }

    /// All layers over positions, `[positions, F]`, which begin at `starts`, if there are any.
    fn through(&self, mut x: Tensor, reading: &Reading, starts: Vec<Start>) -> Result<Value> {
        let mut starts = starts.into_iter();
        for (number, layer) in self.layers.iter().enumerate() {
            let start = starts.next();
            if number + 1 == self.layers.len() {
                return read(layer, &x, reading, start, self.options.readout);
            }
            x = outputs(&layer.directions(), &x, &reading.order, start, false)?.all;
            if self.drops() {
                x = dropout_mask::apply(&x, &self.mask(reading, x.size()[1])?)?;
            }
        }
        Ok(reading.sequence(x)?.into())
    }

    /// Drawn for the padded batch, as on other devices: a number of its own for each position, wherever that lies.
    fn mask(&self, reading: &Reading, features: i64) -> Result<Tensor> {
        let read = &reading.read;
        read.pack(&dropout_mask::mask(&[read.rows(), read.width(), features], self.options.dropout)?)
    }

    /// Where each layer begins with rows that have padding in front: zero vectors leave all rows in the same state, which one row finds for all.
    fn starts_of(&self, s: &Sequence, order: &Order) -> Result<Vec<Start>> {
        let padding: Vec<i64> = order.lengths.iter().map(|n| s.layout().width() - n).collect();
        let most = padding.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Ok(Vec::new());
        }
        let one = Order::of(&[most], Pad::Back);
        let mut zeros = Tensor::f_zeros([most, self.input], (s.kind(), s.device())).during("recurrent layer", &[])?;
        // Where each row begins: at the state behind as many steps, of which the first is zero.
        let index = Tensor::f_from_slice(&padding).during("recurrent layer", &[])?;
        let mut starts = Vec::new();
        for layer in &self.layers {
            let outputs = outputs(&[&layer.forward], &zeros, &one, None, true)?;
            let at = |states: &Tensor| {
                let states = states.f_constant_pad_nd([0, 0, 1, 0])?;
                Tensor::f_embedding(&states, &index, -1, false, false)?.f_unsqueeze(0)
            };
            let both = || match self.cell.has_cells() {
                true => Ok::<_, TchError>([at(&outputs.all)?, at(&outputs.cells.f_squeeze_dim(0)?)?]),
                false => Ok([at(&outputs.all)?, outputs.cells]),
            };
            starts.push(both().during(self.cell.name(), &[&zeros])?);
            zeros = outputs.all;
        }
        Ok(starts)
    }
}

/// One layer over packed positions, `[positions, F]`.
fn outputs(
    directions: &[&Weights],
    x: &Tensor,
    order: &Order,
    start: Option<Start>,
    asks_cells: bool,
) -> Result<Outputs> {
    let (cell, hidden) = (directions[0].cell, directions[0].hidden());
    let zeros = |n: usize| Tensor::f_zeros([n as i64, order.lengths.len() as i64, hidden], (Kind::Float, x.device()));
    let no_cells = || Tensor::f_zeros([0], (Kind::Float, x.device()));
    let states = || match start {
        None if cell.has_cells() => Ok::<_, TchError>([zeros(directions.len())?, zeros(directions.len())?]),
        None => Ok([zeros(directions.len())?, no_cells()?]),
        Some(start) if directions.len() == 1 => Ok(start),
        Some([h, c]) => {
            let rest = zeros(directions.len() - 1)?;
            Ok([Tensor::f_cat(&[&h, &rest], 0)?, if cell.has_cells() { Tensor::f_cat(&[&c, &rest], 0)? } else { c }])
        }
    };
    kernel::run(x, directions, &states().during(cell.name(), &[x])?, order, asks_cells)
}

/// What a readout takes of the last layer's outputs, in the order of the batch's rows.
fn read(layer: &Layer, x: &Tensor, reading: &Reading, start: Option<Start>, readout: Readout) -> Result<Value> {
    let order = &reading.order;
    let side_by_side = |ends: &[Tensor]| {
        let ends = Tensor::f_cat(ends, -1).during("recurrent layer", &[x])?;
        order.undone(&ends).map(Value::from)
    };
    let end = |ends: &Tensor, direction: i64| ends.f_select(0, direction).during("recurrent layer", &[x]);
    let all = |start| outputs(&layer.directions(), x, order, start, false);
    match readout {
        Readout::All => Ok(reading.sequence(all(start)?.all)?.into()),
        Readout::Max => Ok(reading.sequence(all(start)?.all)?.max()?.into()),
        Readout::Mean => Ok(reading.sequence(all(start)?.all)?.mean()?.into()),
        Readout::Final => {
            let ends = all(start)?.ends;
            side_by_side(&(0..ends.size()[0]).map(|d| end(&ends, d)).collect::<Result<Vec<_>>>()?)
        }
        Readout::Last => {
            let mut ends = vec![end(&outputs(&[&layer.forward], x, order, start, false)?.ends, 0)?];
            if let Some(reverse) = &layer.reverse {
                // Its first step, the only one that counts.
                let steps = Order::of(&vec![1; order.lengths.len()], Pad::Back);
                ends.push(end(&outputs(&[reverse], &order.last(x)?, &steps, None, false)?.ends, 0)?);
            }
            side_by_side(&ends)
        }
        Readout::Cls | Readout::Pooler => Err(readout.unknown(&READOUTS).within(layer.forward.cell.name())),
    }
}
