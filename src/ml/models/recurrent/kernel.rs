//! One layer over packed rows, on a processor: an operation of the project's own for libtorch (`kernel/`), with its gradient.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `function.cpp` | the operation: its threads, what it keeps for the way back |
//! | `steps.cpp` | a direction over a block of rows, there and back |
//! | `gates.cpp` | the element-wise part of a step, for each kind of processor |
//! | `products.cpp` | MKL's products |
//! | `rows.cpp` | between padded and packed rows |

use super::direction::Weights;
use crate::error::Result;
use crate::ml::tensor::During;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null_mut;
use tch::{Device, Kind, TchError, Tensor};

/// A tensor of libtorch's.
type Raw = *mut c_void;

unsafe extern "C" {
    fn imdbsh_lstm_is_there() -> bool;
    fn imdbsh_lstm(
        given: *const Raw,
        lengths: *const i64,
        count: i64,
        block: i64,
        from_last: bool,
        asks_cells: bool,
        made: *mut Raw,
        why: *mut c_char,
        size: usize,
    ) -> bool;
    fn imdbsh_move_rows(rows: Raw, index: Raw, count: i64, spreads: bool, why: *mut c_char, size: usize) -> Raw;
}

/// Whether what runs is to stop, which the kernel asks at each step.
#[unsafe(no_mangle)]
extern "C" fn imdbsh_stops() -> bool {
    crate::interrupt::requested()
}

/// Whether it computes on such numbers: float32 on a processor, where libtorch has MKL in it.
pub(super) fn takes(x: &Tensor, weights: &Weights) -> bool {
    let fits = |t: &Tensor| t.device() == Device::Cpu && t.kind() == Kind::Float;
    // SAFETY: it takes nothing, and looks at the process.
    fits(x) && x.numel() > 0 && weights.0.iter().all(fits) && unsafe { imdbsh_lstm_is_there() }
}

/// How rows are packed: of these lengths, which fall; in blocks of so many.
pub(super) struct Layout<'a> {
    pub lengths: &'a [i64],
    pub block: i64,
    /// The first direction walks from the last step to the first, the other one against it.
    pub from_last: bool,
}

/// What a layer gives, D directions of H features side by side.
pub(super) struct Outputs {
    /// `[positions, D·H]`.
    pub all: Tensor,
    /// The state behind each row's last step, `[D, rows, H]`.
    pub ends: Tensor,
    /// `[D, positions, H]`, if they are asked for.
    pub cells: Tensor,
}

/// `x` is `[positions, F]`, the states `[D, rows, H]` each: hidden and cell before each row's first step.
///
/// # Errors
/// Memory that cannot be had; an interrupt. Its gradient has no gradient: with `create_graph`, libtorch's backward pass fails.
pub(super) fn run(
    x: &Tensor,
    directions: &[&Weights],
    states: &[Tensor; 2],
    layout: &Layout,
    asks_cells: bool,
) -> Result<Outputs> {
    let stacked = |of: &dyn Fn(&Weights) -> std::result::Result<Tensor, TchError>| {
        Tensor::f_stack(&directions.iter().map(|w| of(w)).collect::<std::result::Result<Vec<_>, _>>()?, 0)
    };
    // Both biases have the same gradient. They are added before they are stacked: behind a sum libtorch gives each a memory of its own, behind a
    // stack not, and a second pass would add to both twice.
    let bias = |w: &Weights| w.0[2].f_add(&w.0[3]);
    let weights = || {
        let own = |i: usize| stacked(&|w| Ok(w.0[i].shallow_clone()));
        Ok::<_, TchError>([own(0)?, own(1)?, stacked(&bias)?])
    };
    let [w_in, w_state, bias] = weights().during("lstm", &[x])?;
    let given = [x, &w_in, &w_state, &bias, &states[0], &states[1]].map(|t| t.as_ptr().cast_mut().cast());
    let mut made = [null_mut(); 3];
    let mut why = [0; 1024];
    let (lengths, count) = (layout.lengths.as_ptr(), layout.lengths.len() as i64);
    // SAFETY: the tensors live, the lengths are `count`, and `why` has its size; no exception comes out of it.
    let done = unsafe {
        imdbsh_lstm(
            given.as_ptr(),
            lengths,
            count,
            layout.block,
            layout.from_last,
            asks_cells,
            made.as_mut_ptr(),
            why.as_mut_ptr(),
            why.len(),
        )
    };
    if !done {
        return Err(failed(&why)).during("lstm", &[x]);
    }
    // SAFETY: each is a tensor that was made for us.
    let [all, ends, cells] = made.map(|made| unsafe { Tensor::from_ptr(made.cast()) });
    Ok(Outputs { all, ends, cells })
}

/// Those rows of `x`, `[rows, features]`, float32 on the processor. No number may come twice.
///
/// # Errors
/// Memory that cannot be had.
pub(super) fn gather(x: &Tensor, index: &[i64]) -> Result<Tensor> {
    moved(x, index, index.len() as i64, false)
}

/// The other way: `count` rows, of which those at `index` are `x`'s, and the others zero.
///
/// # Errors
/// Memory that cannot be had.
pub(super) fn spread(x: &Tensor, index: &[i64], count: i64) -> Result<Tensor> {
    moved(x, index, count, true)
}

fn moved(x: &Tensor, index: &[i64], count: i64, spreads: bool) -> Result<Tensor> {
    let index = Tensor::f_from_slice(index).during("lstm", &[x])?;
    let mut why = [0; 1024];
    let (rows, at) = (x.as_ptr().cast_mut().cast(), index.as_ptr().cast_mut().cast());
    // SAFETY: both live, `why` has its size; no exception comes out of it.
    let made = unsafe { imdbsh_move_rows(rows, at, count, spreads, why.as_mut_ptr(), why.len()) };
    match made.is_null() {
        true => Err(failed(&why)).during("lstm", &[x]),
        // SAFETY: it was made for us.
        false => Ok(unsafe { Tensor::from_ptr(made.cast()) }),
    }
}

fn failed(why: &[c_char]) -> TchError {
    // SAFETY: it was filled with zeros, and its last byte is never written.
    TchError::Torch(unsafe { CStr::from_ptr(why.as_ptr()) }.to_string_lossy().into_owned())
}
