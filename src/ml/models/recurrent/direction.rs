//! One layer over one batch: libtorch's fused layers, one direction or both.
//!
//! Everything that runs a cell over time stands here, so that another way to run it has one place to go.

use super::Cell;
use super::rows::Rows;
use crate::error::Result;
use crate::ml::models::Replica;
use crate::ml::tensor::During;
use tch::Tensor;

/// The four parameters of one layer in one direction, G gates in PyTorch's order:
/// `[G·H, F]`, `[G·H, H]`, `[G·H]`, `[G·H]`.
#[derive(Debug)]
pub(super) struct Weights {
    pub cell: Cell,
    pub tensors: [Tensor; 4],
}

impl Weights {
    /// A copy, see [`Replica`].
    pub fn replicate(&self, replica: &mut Replica) -> Result<Weights> {
        let [a, b, c, d] = &self.tensors;
        let tensors = [replica.tensor(a)?, replica.tensor(b)?, replica.tensor(c)?, replica.tensor(d)?];
        Ok(Weights { cell: self.cell, tensors })
    }

    pub fn hidden(&self) -> i64 {
        self.tensors[1].size()[1]
    }
}

/// Where a direction stands between two steps: its states, `[1, batch, H]` each.
#[derive(Debug)]
pub(super) struct State(Vec<Tensor>);

impl State {
    /// The same state again.
    pub fn shared(&self) -> State {
        State(self.0.iter().map(Tensor::shallow_clone).collect())
    }

    /// The state of one row for `batch` rows.
    pub fn for_rows(&self, batch: usize) -> Result<State> {
        let repeat = |t: &Tensor| t.f_expand([1, batch as i64, -1], false).during("recurrent layer", &[t]);
        Ok(State(self.0.iter().map(repeat).collect::<Result<_>>()?))
    }
}

/// One direction over all positions: `[batch, length, F]` → `[batch, length, H]`, and the state after the last. It begins at
/// `start`, or at zero. What comes behind a row's end has no effect on what is before it, so padding behind needs no care
/// here.
pub(super) fn forward(x: &Tensor, weights: &Weights, start: Option<&State>) -> Result<(Tensor, State)> {
    fused(x, &[weights], start)
}

/// The reverse direction, its outputs in the order in which it reads: each row's last position first.
pub(super) fn reverse(x: &Tensor, rows: &Rows, weights: &Weights) -> Result<Tensor> {
    Ok(fused(&rows.reverse(x)?, &[weights], None)?.0)
}

/// The reverse direction's output at each row's last position: its first step, and the only one that counts.
/// `[batch, H]`.
pub(super) fn reverse_first_step(x: &Tensor, rows: &Rows, weights: &Weights) -> Result<Tensor> {
    let name = weights.cell.name();
    let step = rows.ends(x)?.f_unsqueeze(1).during(name, &[x])?;
    fused(&step, &[weights], None)?.0.f_squeeze_dim(1).during(name, &[x])
}

/// Both directions over the whole width in one call, in the order of time: `[batch, length, 2H]`. Slightly faster than
/// two calls; right only where every row is read over the whole width. The forward direction begins at `start`.
pub(super) fn both(x: &Tensor, there: &Weights, back: &Weights, start: Option<&State>) -> Result<Tensor> {
    Ok(fused(x, &[there, back], start)?.0)
}

fn fused(x: &Tensor, directions: &[&Weights], start: Option<&State>) -> Result<(Tensor, State)> {
    let (cell, hidden) = (directions[0].cell, directions[0].hidden());
    let params: Vec<&Tensor> = directions.iter().flat_map(|w| &w.tensors).collect();
    let zeros =
        |n: usize| Tensor::f_zeros([n as i64, x.size()[0], hidden], (x.kind(), x.device())).during(cell.name(), &[x]);
    let from = |start: &Tensor| match directions.len() {
        1 => Ok(start.shallow_clone()),
        n => Tensor::f_cat(&[start, &zeros(n - 1)?], 0).during(cell.name(), &[x]),
    };
    let states = match start {
        Some(start) => start.0.iter().map(from).collect::<Result<_>>()?,
        None => {
            let zero = zeros(directions.len())?;
            vec![zero.shallow_clone(), zero]
        }
    };
    // Some backends keep what the backward pass needs only when told that they train. That is a question of gradients,
    // not of the layer's training flag: dropout between layers is drawn outside.
    let train = gradients_flow(x) || params.iter().any(|p| gradients_flow(p));
    let (outputs, after) = cell.run(x, &states, &params, train).during(cell.name(), &[x])?;
    Ok((outputs, State(after)))
}

/// Whether operations on `t` are recorded now: it wants gradients, and no `no_grad` is in force.
fn gradients_flow(t: &Tensor) -> bool {
    t.requires_grad() && t.f_alias().is_ok_and(|alias| alias.requires_grad())
}
