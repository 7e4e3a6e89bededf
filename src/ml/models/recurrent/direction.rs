//! One layer over one batch: libtorch's fused LSTM, one direction or both.
//!
//! Everything that runs a cell over time stands here, so that another way to run it has one place to go.

use super::rows::Rows;
use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

/// The four parameters of one layer in one direction, gates in PyTorch's order i, f, g, o:
/// `[4H, F]`, `[4H, H]`, `[4H]`, `[4H]`.
#[derive(Debug)]
pub(super) struct Weights(pub [Tensor; 4]);

/// One direction over all positions: `[batch, length, F]` → `[batch, length, H]`. What comes behind a row's end has no
/// effect on what is before it, so padding behind needs no care here.
pub(super) fn forward(x: &Tensor, weights: &Weights) -> Result<Tensor> {
    fused(x, &[weights])
}

/// The reverse direction, its outputs in the order in which it reads: each row's last position first.
pub(super) fn reverse(x: &Tensor, rows: &Rows, weights: &Weights) -> Result<Tensor> {
    fused(&rows.reverse(x)?, &[weights])
}

/// The reverse direction's output at each row's last position: its first step, and the only one that counts.
/// `[batch, H]`.
pub(super) fn reverse_first_step(x: &Tensor, rows: &Rows, weights: &Weights) -> Result<Tensor> {
    let step = rows.ends(x)?.f_unsqueeze(1).during("lstm", &[x])?;
    fused(&step, &[weights])?.f_squeeze_dim(1).during("lstm", &[x])
}

/// Both directions over the whole width in one call, in the order of time: `[batch, length, 2H]`. Slightly faster than
/// two calls; right only where every row is read over the whole width.
pub(super) fn both(x: &Tensor, there: &Weights, back: &Weights) -> Result<Tensor> {
    fused(x, &[there, back])
}

fn fused(x: &Tensor, directions: &[&Weights]) -> Result<Tensor> {
    let params: Vec<&Tensor> = directions.iter().flat_map(|w| &w.0).collect();
    let hidden = params[1].size()[1];
    let state =
        Tensor::f_zeros([directions.len() as i64, x.size()[0], hidden], (x.kind(), x.device())).during("lstm", &[x])?;
    // Some backends keep what the backward pass needs only when told that they train. That is a question of gradients,
    // not of the layer's training flag: dropout between layers is drawn outside.
    let train = gradients_flow(x) || params.iter().any(|p| gradients_flow(p));
    let (outputs, _, _) =
        x.f_lstm(&[&state, &state], &params, true, 1, 0.0, train, directions.len() == 2, true).during("lstm", &[x])?;
    Ok(outputs)
}

/// Whether operations on `t` are recorded now: it wants gradients, and no `no_grad` is in force.
fn gradients_flow(t: &Tensor) -> bool {
    t.requires_grad() && t.f_alias().is_ok_and(|alias| alias.requires_grad())
}
