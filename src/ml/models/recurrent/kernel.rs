//! One layer over packed rows, on a processor: an operation of the project's own for libtorch (`kernel/`), with its gradient.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `function.cpp` | the operation: its threads, what it keeps for the way back |
//! | `steps.cpp` | a direction over a block of rows, there and back |
//! | `cell.h` | what a direction asks of a kind of cell |
//! | `lstm.cpp`, `gru.cpp`, `rnn.cpp` | the kinds: the element-wise part of a step, by the functions of `units.h`, for each kind of processor |
//!
//! What it shares with other kernels is in `ml/kernels`: MKL's products, threads, vectors.

use super::direction::Weights;
use super::order::Order;
use crate::error::Result;
use crate::ml::batch::{Pad, Sequence};
use crate::ml::tensor::{During, called};
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use tch::{Device, Kind, TchError, Tensor};

/// A tensor of libtorch's.
type Raw = *mut c_void;

unsafe extern "C" {
    fn imdbsh_recurrent_is_there() -> bool;
    fn imdbsh_recurrent(
        kind: i64,
        given: *const Raw,
        lengths: *const i64,
        starts: *const i64,
        count: i64,
        blocks: *const i64,
        block_count: i64,
        along: i64,
        from_last: bool,
        asks_cells: bool,
        made: *mut Raw,
        why: *mut c_char,
        size: usize,
    ) -> bool;
}

/// Whether what runs is to stop, which the kernel asks at each step.
#[unsafe(no_mangle)]
extern "C" fn imdbsh_stops() -> bool {
    crate::interrupt::requested()
}

/// Whether it computes on such numbers: float32 on a processor, where libtorch has MKL in it.
pub(super) fn takes(s: &Sequence, weights: &Weights) -> bool {
    let fits = |kind: Kind, device: Device| device == Device::Cpu && kind == Kind::Float;
    let weights_fit = weights.tensors.iter().all(|w| fits(w.kind(), w.device()));
    let is_empty = s.shape().contains(&0);
    // SAFETY: it takes nothing, and looks at the process.
    fits(s.kind(), s.device()) && !is_empty && weights_fit && unsafe { imdbsh_recurrent_is_there() }
}

/// What a layer gives, D directions of H features side by side.
pub(super) struct Outputs {
    /// `[positions, D·H]`.
    pub all: Tensor,
    /// The state behind each row's last step, `[D, rows, H]`, in the order of the rows there.
    pub ends: Tensor,
    /// `[D, positions, H]` step by step, if they are asked for, and if the cell has them.
    pub cells: Tensor,
}

/// `x` is `[positions, F]`, the real ones of all rows one behind the other; the states are `[D, rows, H]` each, hidden and cell before each
/// row's first step; the second of no number where the cell has none. With padding in front the first direction walks from the last step to the first; the other one against it.
///
/// # Errors
/// Memory that cannot be had; an interrupt. Its gradient has no gradient: with `create_graph`, libtorch's backward pass fails.
pub(super) fn run(
    x: &Tensor,
    directions: &[&Weights],
    states: &[Tensor; 2],
    order: &Order,
    asks_cells: bool,
) -> Result<Outputs> {
    let stacked = |of: &dyn Fn(&Weights) -> std::result::Result<Tensor, TchError>| {
        Tensor::f_stack(&directions.iter().map(|w| of(w)).collect::<std::result::Result<Vec<_>, _>>()?, 0)
    };
    let cell = directions[0].cell;
    // Both biases have the same gradient, or parts of it. They are added before they are stacked: behind a sum libtorch gives each a memory of its own, behind a
    // stack not, and a second pass would add to both twice.
    let bias = |w: &Weights| cell.joined_bias(&w.tensors[2], &w.tensors[3]);
    let weights = || {
        let own = |i: usize| stacked(&|w| Ok(w.tensors[i].shallow_clone()));
        Ok::<_, TchError>([own(0)?, own(1)?, stacked(&bias)?])
    };
    let [w_in, w_state, bias] = weights().during(cell.name(), &[x])?;
    let given = [x, &w_in, &w_state, &bias, &states[0], &states[1]].map(|t| t.as_ptr().cast_mut().cast());
    let mut made = [null_mut(); 3];
    let count = order.lengths.len() as i64;
    let (lengths, starts, along) = (order.lengths.as_ptr(), order.starts.as_ptr(), order.along());
    let (blocks, block_count) = (order.blocks.as_ptr(), order.blocks.len() as i64);
    let from_last = order.pad == Pad::Front;
    let run = |why, size| {
        let (given, made) = (given.as_ptr(), made.as_mut_ptr());
        // SAFETY: the tensors live, lengths and starts are `count`, and rows cover the positions; blocks are `block_count`, and cover the rows; states are as many; and `why` has its size; no exception comes out of it.
        unsafe {
            imdbsh_recurrent(
                cell.number(),
                given,
                lengths,
                starts,
                count,
                blocks,
                block_count,
                along,
                from_last,
                asks_cells,
                made,
                why,
                size,
            )
            .then_some(())
        }
    };
    called(run).during(cell.name(), &[x])?;
    // SAFETY: each is a tensor that was made for us.
    let [all, ends, cells] = made.map(|made| unsafe { Tensor::from_ptr(made.cast()) });
    Ok(Outputs { all, ends, cells })
}
