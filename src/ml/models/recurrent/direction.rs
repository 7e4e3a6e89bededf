//! One layer over one batch: libtorch's fused LSTM, one direction or both.
//!
//! Everything that runs a cell over time stands here, so that another way to run it has one place to go.

use super::rows::Rows;
use crate::error::Result;
use crate::ml::models::Replica;
use crate::ml::tensor::During;
use tch::Tensor;

/// The four parameters of one layer in one direction, gates in PyTorch's order i, f, g, o:
/// `[4H, F]`, `[4H, H]`, `[4H]`, `[4H]`.
#[derive(Debug)]
pub(super) struct Weights(pub [Tensor; 4]);

impl Weights {
    /// A copy, see [`Replica`].
    pub fn replicate(&self, replica: &mut Replica) -> Result<Weights> {
        let [a, b, c, d] = &self.0;
        Ok(Weights([replica.tensor(a)?, replica.tensor(b)?, replica.tensor(c)?, replica.tensor(d)?]))
    }
}

/// Where a direction stands between two steps: hidden and cell state, `[1, batch, H]` each.
#[derive(Debug)]
pub(super) struct State {
    hidden: Tensor,
    cell: Tensor,
}

impl State {
    /// The same state again.
    pub fn shared(&self) -> State {
        State { hidden: self.hidden.shallow_clone(), cell: self.cell.shallow_clone() }
    }

    /// The state of one row for `batch` rows.
    pub fn for_rows(&self, batch: usize) -> Result<State> {
        let repeat = |t: &Tensor| t.f_expand([1, batch as i64, -1], false).during("lstm", &[t]);
        Ok(State { hidden: repeat(&self.hidden)?, cell: repeat(&self.cell)? })
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
    let step = rows.ends(x)?.f_unsqueeze(1).during("lstm", &[x])?;
    fused(&step, &[weights], None)?.0.f_squeeze_dim(1).during("lstm", &[x])
}

/// Both directions over the whole width in one call, in the order of time: `[batch, length, 2H]`. Slightly faster than
/// two calls; right only where every row is read over the whole width. The forward direction begins at `start`.
pub(super) fn both(x: &Tensor, there: &Weights, back: &Weights, start: Option<&State>) -> Result<Tensor> {
    Ok(fused(x, &[there, back], start)?.0)
}

fn fused(x: &Tensor, directions: &[&Weights], start: Option<&State>) -> Result<(Tensor, State)> {
    let params: Vec<&Tensor> = directions.iter().flat_map(|w| &w.0).collect();
    let hidden = params[1].size()[1];
    let zeros =
        |n: usize| Tensor::f_zeros([n as i64, x.size()[0], hidden], (x.kind(), x.device())).during("lstm", &[x]);
    let from = |start: &Tensor| match directions.len() {
        1 => Ok(start.shallow_clone()),
        n => Tensor::f_cat(&[start, &zeros(n - 1)?], 0).during("lstm", &[x]),
    };
    let (h, c) = match start {
        Some(start) => (from(&start.hidden)?, from(&start.cell)?),
        None => {
            let zero = zeros(directions.len())?;
            (zero.shallow_clone(), zero)
        }
    };
    // Some backends keep what the backward pass needs only when told that they train. That is a question of gradients,
    // not of the layer's training flag: dropout between layers is drawn outside.
    let train = gradients_flow(x) || params.iter().any(|p| gradients_flow(p));
    let (outputs, hidden, cell) =
        x.f_lstm(&[&h, &c], &params, true, 1, 0.0, train, directions.len() == 2, true).during("lstm", &[x])?;
    Ok((outputs, State { hidden, cell }))
}

/// Whether operations on `t` are recorded now: it wants gradients, and no `no_grad` is in force.
fn gradients_flow(t: &Tensor) -> bool {
    t.requires_grad() && t.f_alias().is_ok_and(|alias| alias.requires_grad())
}
