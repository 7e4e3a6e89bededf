//! What goes into the elements of a new tensor, of a given shape (`zeros`) or of another's (`zeros_like`).

use super::{args, place::Place};
use crate::error::Result;
use crate::ml::{
    random,
    random::Purpose,
    tensor::{Distribution, drawn},
};
use crate::script::api::handles::TensorHandle;
use tch::{Device, Kind, Tensor};

pub type Fill = fn(&[i64], (Kind, Device)) -> Result<Tensor>;

pub const ZEROS: Fill = |shape, options| Ok(Tensor::f_zeros(shape, options)?);
pub const ONES: Fill = |shape, options| Ok(Tensor::f_ones(shape, options)?);
/// Of the standard normal distribution.
pub const NORMAL: Fill = |shape, options| random::draw(Purpose::Script, || drawn(Distribution::Normal, shape, options));
/// Even, from [0, 1).
pub const UNIFORM: Fill =
    |shape, options| random::draw(Purpose::Script, || drawn(Distribution::Uniform, shape, options));

/// A new tensor that `fill` makes for `function`.
///
/// # Errors
/// More than fits into memory; those of `fill`.
pub fn filled(
    function: &str,
    shape: &[i64],
    place: &Place,
    fill: impl FnOnce(&[i64], (Kind, Device)) -> Result<Tensor>,
) -> Result<TensorHandle> {
    args::room(function, shape, place.kind)?;
    place.finish(fill(shape, place.options())?, function)
}
