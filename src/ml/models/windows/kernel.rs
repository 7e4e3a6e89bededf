//! Convolution and pooling over packed rows, on a processor in float32: operations of the project's own for libtorch (`kernel/`), with their
//! gradients. What lies behind a row's end is not computed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `function.cpp` | the operations: their threads, what they keep for the way back |
//! | `convolution.cpp`, `pooling.cpp` | a block of rows, there and back |

use super::shape::Windows;
use crate::error::Result;
use crate::ml::batch::{Layout, Sequence};
use crate::ml::tensor::{During, called};
use std::ffi::{c_char, c_void};
use tch::{Device, Kind, TchError, Tensor};

/// A tensor of libtorch's.
type Raw = *mut c_void;

unsafe extern "C" {
    fn imdbsh_windows_are_there() -> bool;
    fn imdbsh_conv1d(
        given: *const Raw,
        shape: *const i64,
        rows: *const i64,
        count: i64,
        why: *mut c_char,
        size: usize,
    ) -> Raw;
    fn imdbsh_pool1d(
        given: Raw,
        kind: i64,
        shape: *const i64,
        rows: *const i64,
        count: i64,
        why: *mut c_char,
        size: usize,
    ) -> Raw;
}

/// Whether it computes on such numbers: float32 on a processor, where libtorch has MKL in it.
pub(super) fn takes(s: &Sequence) -> bool {
    // SAFETY: it takes nothing, and looks at the process.
    s.device() == Device::Cpu
        && s.kind() == Kind::Float
        && !s.shape().contains(&0)
        && unsafe { imdbsh_windows_are_there() }
}

/// Of each row where it begins and how many positions it has, inputs and then outputs.
fn rows(inputs: &Layout, outputs: &Layout) -> Vec<i64> {
    let (mut first_in, mut first_out, mut all) = (0, 0, Vec::new());
    for (n, windows) in inputs.lengths().iter().zip(outputs.lengths()) {
        all.extend([first_in, *n, first_out, *windows]);
        first_in += n;
        first_out += windows;
    }
    all
}

fn shape(w: &Windows) -> [i64; 4] {
    [w.kernel, w.stride, w.before, w.dilation]
}

fn raw(t: &Tensor) -> Raw {
    t.as_ptr().cast_mut().cast()
}

/// What `make` makes, which is given room to say why it cannot.
fn made(make: impl FnOnce(*mut c_char, usize) -> Raw) -> Result<Tensor, TchError> {
    called(|why, size| {
        let made = make(why, size);
        // SAFETY: it was made for us.
        (!made.is_null()).then(|| unsafe { Tensor::from_ptr(made.cast()) })
    })
}

/// `x` is `[positions, in]`, of all rows one behind the other; `weight` `[out, in / groups, kernel]`, `bias` `[out]`.
///
/// # Errors
/// Memory that cannot be had; an interrupt. Its gradient has no gradient: with `create_graph`, libtorch's backward pass fails.
pub(super) fn conv1d(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    windows: &Windows,
    [inputs, outputs]: [&Layout; 2],
) -> Result<Tensor> {
    let (shape, rows) = (shape(windows), rows(inputs, outputs));
    let count = inputs.rows();
    let convolved = || {
        // As the products read it: what a window holds is one position behind the other.
        let weight = weight.f_permute([0, 2, 1])?.f_contiguous()?;
        let none = Tensor::f_zeros([0], (Kind::Float, Device::Cpu))?;
        let given = [x, &weight, bias.unwrap_or(&none)].map(raw);
        // SAFETY: the tensors live, `rows` has four numbers for each of `count`, `why` has its size; no exception comes out of it.
        made(|why, size| unsafe { imdbsh_conv1d(given.as_ptr(), shape.as_ptr(), rows.as_ptr(), count, why, size) })
    };
    convolved().during("conv1d", &[x, weight])
}

/// The largest, or the mean, of each feature in each window of `x`, `[positions, features]`.
///
/// # Errors
/// As those of [`conv1d`].
pub(super) fn pool1d(
    x: &Tensor,
    is_mean: bool,
    windows: &Windows,
    [inputs, outputs]: [&Layout; 2],
) -> Result<Tensor, TchError> {
    let (shape, rows) = (shape(windows), rows(inputs, outputs));
    let (kind, count) = (i64::from(is_mean), inputs.rows());
    // SAFETY: the tensor lives, `rows` has four numbers for each of `count`, `why` has its size; no exception comes out of it.
    made(|why, size| unsafe { imdbsh_pool1d(raw(x), kind, shape.as_ptr(), rows.as_ptr(), count, why, size) })
}
