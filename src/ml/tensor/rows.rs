//! Rows of a tensor: by their numbers, each at most once, which is what stands between padded and packed sequences; and so many one behind the other.

use super::{During, called, room_for_tensors};
use crate::error::Result;
use std::ffi::{c_char, c_void};
use tch::{Device, Kind, TchError, Tensor};

unsafe extern "C" {
    fn imdbsh_move_rows(
        rows: *mut c_void,
        index: *mut c_void,
        count: i64,
        spreads: bool,
        why: *mut c_char,
        size: usize,
    ) -> *mut c_void;
}

/// Those rows of `x`, `[rows, …]` → `[index.len(), …]`. No number may come twice.
///
/// # Errors
/// A row that there is not; memory that cannot be had.
pub fn gather(x: &Tensor, index: &[i64]) -> Result<Tensor> {
    let gathered = || {
        let index = Tensor::f_from_slice(index)?;
        match as_floats(x)? {
            Some(rows) => as_rows_of(x, &moved(&rows, &index, index.numel() as i64, false)?),
            None => x.f_index_select(0, &index.f_to_device(x.device())?),
        }
    };
    gathered().during("gather", &[x])
}

/// The other way: `count` rows, of which those at `index` are `x`'s, and the others zero.
///
/// # Errors
/// A row beyond `count`; memory that cannot be had.
pub fn spread(x: &Tensor, index: &[i64], count: i64) -> Result<Tensor> {
    let spread = || {
        let index = Tensor::f_from_slice(index)?;
        match as_floats(x)? {
            Some(rows) => as_rows_of(x, &moved(&rows, &index, count, true)?),
            None => {
                let mut size = x.size();
                if let Some(rows) = size.first_mut() {
                    *rows = count;
                }
                let zeros = Tensor::f_zeros(size, (x.kind(), x.device()))?;
                zeros.f_index_copy(0, &index.f_to_device(x.device())?, x)
            }
        }
    };
    spread().during("spread", &[x])
}

/// `x` in parts, of which the first has the first `lengths[0]` rows, and so on: views, no copies. `operation` is who asks, for messages.
///
/// # Errors
/// Lengths that are not those of `x` together; memory that cannot be had.
pub fn split(x: &Tensor, lengths: &[i64], operation: &str) -> Result<Vec<Tensor>> {
    room_for_tensors(|| operation.to_string(), lengths.len())?;
    x.f_split_with_sizes(lengths, 0).during(operation, &[x])
}

/// `x` as a matrix, where the operation of our own takes it: float32 on the processor.
fn as_floats(x: &Tensor) -> Result<Option<Tensor>, TchError> {
    let takes = x.device() == Device::Cpu && x.kind() == Kind::Float && x.numel() > 0;
    takes.then(|| x.f_reshape([x.size()[0], -1])).transpose()
}

/// Rows like those of `x`.
fn as_rows_of(x: &Tensor, rows: &Tensor) -> Result<Tensor, TchError> {
    let mut size = x.size();
    if let Some(count) = size.first_mut() {
        *count = rows.size()[0];
    }
    rows.f_view(size.as_slice())
}

fn moved(x: &Tensor, index: &Tensor, count: i64, spreads: bool) -> Result<Tensor, TchError> {
    let (rows, at) = (x.as_ptr().cast_mut().cast(), index.as_ptr().cast_mut().cast());
    called(|why, size| {
        // SAFETY: both live, `why` has its size; no exception comes out of it.
        let made = unsafe { imdbsh_move_rows(rows, at, count, spreads, why, size) };
        // SAFETY: it was made for us.
        (!made.is_null()).then(|| unsafe { Tensor::from_ptr(made.cast()) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_gathered_and_spread_and_so_are_their_gradients() {
        for kind in [Kind::Float, Kind::Double, Kind::Int64] {
            let x = Tensor::arange(24, (kind, Device::Cpu)).view([4, 3, 2]);
            let picked = gather(&x, &[3, 0]).unwrap();
            assert_eq!(picked, Tensor::cat(&[x.narrow(0, 3, 1), x.narrow(0, 0, 1)], 0));
            let back = spread(&picked, &[3, 0], 4).unwrap();
            assert_eq!(back.size(), [4, 3, 2]);
            assert_eq!(gather(&back, &[3, 0]).unwrap(), picked);
            assert_eq!(back.narrow(0, 1, 2).abs().sum(Kind::Double).double_value(&[]), 0.0);
        }
        for kind in [Kind::Float, Kind::Double] {
            let x = Tensor::ones([4, 2], (kind, Device::Cpu)).set_requires_grad(true);
            let y = spread(&gather(&x, &[2, 1]).unwrap(), &[0, 5], 6).unwrap();
            (y * Tensor::arange(12, (kind, Device::Cpu)).view([6, 2])).sum(kind).backward();
            assert_eq!(Vec::<f64>::try_from(x.grad().view([-1])).unwrap(), [0.0, 0.0, 10.0, 11.0, 0.0, 1.0, 0.0, 0.0]);
        }
    }

    #[test]
    fn a_row_that_there_is_not_is_refused() {
        let x = Tensor::zeros([2, 2], (Kind::Float, Device::Cpu));
        assert!(gather(&x, &[2]).is_err());
        assert!(spread(&x, &[0, 4], 4).is_err());
    }
}
