//! Operations that may take seconds, done piece by piece: libtorch cannot be stopped in the middle of a call, but between two of
//! them Ctrl-C is heard.

use super::During;
use crate::error::Result;
use crate::interrupt;
use std::ops::Range;
use tch::{Device, Kind, Tensor};

/// Products of two numbers in a piece of a matrix product: some tenths of a second on two cores.
const PRODUCTS: i64 = 10_000_000_000;

/// Numbers in a piece of what is drawn. A multiple of 16, of which libtorch draws as many at once, so that the pieces hold what the
/// whole would.
const DRAWN: i64 = 1 << 24;

/// Calls `each` with `0..total` in ranges of `size`, unless `check` fails before one. What is left over is part of the last.
fn in_pieces(
    total: i64,
    size: i64,
    check: impl Fn() -> Result<()>,
    mut each: impl FnMut(Range<i64>) -> Result<()>,
) -> Result<()> {
    let mut at = 0;
    while at < total {
        check()?;
        let end = if total - at < 2 * size { total } else { at + size };
        each(at..end)?;
        at = end;
    }
    Ok(())
}

/// The matrix product. A large one is computed in blocks of the rows of `x`.
///
/// # Errors
/// Shapes that do not fit; an interrupt.
pub fn matmul(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    matmul_by(PRODUCTS, x, y)
}

fn matmul_by(size: i64, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let (rows, columns) = (x.size().first().copied().unwrap_or(0), y.size().last().copied().unwrap_or(0));
    let of_a_row = (x.numel() as i64 / rows.max(1)).saturating_mul(columns);
    let is_matrix = x.dim() >= 2 && y.dim() == 2;
    if !is_matrix || of_a_row.saturating_mul(rows) < 2 * size {
        return x.f_matmul(y).during("matmul", &[x, y]);
    }
    let mut blocks = Vec::new();
    in_pieces(rows, (size / of_a_row).max(1), interrupt::check, |range| {
        let block = x.f_narrow(0, range.start, range.end - range.start).and_then(|block| block.f_matmul(y));
        blocks.push(block.during("matmul", &[x, y])?);
        Ok(())
    })?;
    Tensor::f_cat(&blocks, 0).during("matmul", &[x, y])
}

/// What numbers are drawn from.
#[derive(Debug, Clone, Copy)]
pub enum Distribution {
    /// The normal one of mean 0 and variance 1.
    Normal,
    /// The even one over [0, 1).
    Uniform,
}

/// A new tensor of numbers from libtorch's generator, the same as libtorch's `randn` and `rand` give.
///
/// # Errors
/// A kind that cannot be drawn; too little memory; an interrupt.
pub fn drawn(distribution: Distribution, shape: &[i64], options: (Kind, Device)) -> Result<Tensor> {
    drawn_by(DRAWN, distribution, shape, options)
}

fn drawn_by(size: i64, distribution: Distribution, shape: &[i64], options: (Kind, Device)) -> Result<Tensor> {
    let total: i64 = shape.iter().product();
    // Other devices draw all numbers at once.
    if total < 2 * size || options.1 != Device::Cpu {
        return Ok(match distribution {
            Distribution::Normal => Tensor::f_randn(shape, options)?,
            Distribution::Uniform => Tensor::f_rand(shape, options)?,
        });
    }
    let tensor = Tensor::f_empty(shape, options)?;
    let numbers = tensor.f_view([-1])?;
    in_pieces(total, size, interrupt::check, |range| {
        let mut piece = numbers.f_narrow(0, range.start, range.end - range.start)?;
        let _ = match distribution {
            Distribution::Normal => piece.f_normal_(0.0, 1.0)?,
            Distribution::Uniform => piece.f_uniform_(0.0, 1.0)?,
        };
        Ok(())
    })?;
    Ok(tensor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::ml::random::{Purpose, draw, manual_seed};
    use std::cell::Cell;

    #[test]
    fn pieces_hold_the_numbers_that_the_whole_would() {
        for distribution in [Distribution::Normal, Distribution::Uniform] {
            for shape in [&[100, 7][..], &[64], &[1000]] {
                let of = |size| {
                    manual_seed(1);
                    draw(Purpose::Script, || drawn_by(size, distribution, shape, (Kind::Float, Device::Cpu))).unwrap()
                };
                assert_eq!(of(16), of(1 << 20), "{distribution:?} {shape:?}");
            }
        }
    }

    #[test]
    fn a_large_product_is_that_of_its_blocks() {
        let numbers =
            |shape: &[i64]| Tensor::arange(shape.iter().product::<i64>(), (Kind::Double, Device::Cpu)).view(shape);
        for shape in [&[23, 5][..], &[7, 3, 5]] {
            let (x, y) = (numbers(shape), numbers(&[5, 4]));
            assert_eq!(matmul_by(100, &x, &y).unwrap(), x.matmul(&y));
        }
        let error = matmul_by(1, &numbers(&[9, 2]), &numbers(&[3, 2])).unwrap_err();
        assert!(error.message.contains("matmul of [9, 2] float64 and [3, 2] float64"), "{}", error.message);
    }

    #[test]
    fn nothing_more_is_done_after_an_interrupt() {
        let done = Cell::new(0);
        let check = || match done.get() {
            3 => Err(Error::new(ErrorKind::Interrupted, "interrupted")),
            _ => Ok(()),
        };
        let result = in_pieces(100, 10, check, |range| {
            done.set(done.get() + 1);
            assert_eq!(range.end - range.start, 10);
            Ok(())
        });
        assert!(result.is_err());
        assert_eq!(done.get(), 3);
    }
}
