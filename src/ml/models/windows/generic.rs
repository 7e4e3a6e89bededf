//! The same by libtorch's operations over padded rows: on other devices than a processor, in other numbers than float32, and for convolutions of many
//! groups, whose products would be small.

use super::shape::Windows;
use crate::error::Result;
use crate::ml::batch::{Layout, Pad, Sequence};
use crate::ml::tensor::During;
use tch::{Kind, TchError, Tensor};

/// Rows side by side with their beginnings at one place, `[rows, features, before + width + after]`: `beyond` stands outside of each. Wide enough for
/// one window.
fn spread(s: &Sequence, windows: &Windows, beyond: f64) -> Result<Tensor> {
    let width = s.layout().narrowed().width();
    let aligned = Layout::new(s.layout().lengths().to_vec(), width, Pad::Back)?;
    let x = aligned.unpack(&s.to_packed()?)?;
    let more = (windows.span() - width - windows.before - windows.after).max(0);
    let padded = || {
        let lengths = Tensor::f_from_slice(aligned.lengths())?.f_view([-1, 1, 1])?.f_to_device(x.device())?;
        let outside = Tensor::f_arange(width, (Kind::Int64, x.device()))?.f_view([1, -1, 1])?.f_ge_tensor(&lengths)?;
        let x = if beyond == 0.0 { x.shallow_clone() } else { x.f_masked_fill(&outside, beyond)? };
        x.f_transpose(1, 2)?.f_pad([windows.before, windows.after + more], "constant", Some(beyond))
    };
    padded().during("sequence", &[&x])
}

/// `[rows, features, width]` → the real outputs, `[positions, features]`.
fn real(y: &Tensor, outputs: &Layout) -> Result<Tensor> {
    let y = y.f_transpose(1, 2).during("sequence", &[y])?;
    Layout::new(outputs.lengths().to_vec(), y.size()[1], Pad::Back)?.pack(&y)
}

pub(super) fn conv1d(
    s: &Sequence,
    weight: &Tensor,
    bias: Option<&Tensor>,
    windows: &Windows,
    groups: i64,
    outputs: &Layout,
) -> Result<Tensor> {
    let x = spread(s, windows, 0.0)?;
    let y = x
        .f_conv1d(weight, bias, [windows.stride], [0i64], [windows.dilation], groups)
        .during("conv1d", &[&x, weight])?;
    real(&y, outputs)
}

pub(super) fn max_pool1d(s: &Sequence, windows: &Windows, outputs: &Layout) -> Result<Tensor> {
    let x = spread(s, windows, f64::NEG_INFINITY)?;
    let y = x
        .f_max_pool1d([windows.kernel], [windows.stride], [0i64], [windows.dilation], false)
        .during("max_pool1d", &[&x])?;
    real(&y, outputs)
}

pub(super) fn avg_pool1d(s: &Sequence, windows: &Windows, outputs: &Layout) -> Result<Tensor> {
    let x = spread(s, windows, 0.0)?;
    let y = x.f_avg_pool1d([windows.kernel], [windows.stride], [0i64], false, true).during("avg_pool1d", &[&x])?;
    let y = real(&y, outputs)?;
    // A window that hangs over the padding counts what is not behind it.
    let shares = s.layout().lengths().iter().zip(outputs.lengths()).flat_map(|(n, count)| {
        (0..*count).map(move |window| {
            let begin = window * windows.stride - windows.before;
            let counted = (begin + windows.kernel).min(n + windows.after) - begin;
            windows.kernel as f32 / counted as f32
        })
    });
    let scaled = || -> std::result::Result<Tensor, TchError> {
        let shares = Tensor::f_from_slice(&shares.collect::<Vec<f32>>())?.f_view([-1, 1])?;
        y.f_mul(&shares.f_to_device(y.device())?.f_to_kind(y.kind())?)
    };
    scaled().during("avg_pool1d", &[&y])
}
