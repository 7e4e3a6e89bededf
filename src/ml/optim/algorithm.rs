//! What an optimizer's arithmetic is given and what it keeps, one parameter at a time.

use crate::error::{Error, Result};
use serde_json::Value;
use std::fmt;
use tch::{TchError, Tensor};

/// The arithmetic of one optimizer together with its options. It holds no state of its own: that is in [`ParamState`]s.
pub trait Algorithm: fmt::Debug {
    /// The name in the table: `adam`.
    fn name(&self) -> &'static str;

    /// The learning rate that the options ask for, where a group starts.
    fn lr(&self) -> f64;

    /// All of its options, by their names in the table.
    fn options(&self) -> Value;

    /// PyTorch's names of the tensors that may be kept for a parameter, each of the parameter's shape.
    fn buffers(&self) -> &'static [&'static str];

    /// # Errors
    /// An option outside its range, as PyTorch refuses it.
    fn validate(&self) -> Result<()>;

    /// Changes `param` in place by one step of rate `lr` along `grad`; `state.step` counts from 1. Gradients are off.
    ///
    /// # Errors
    /// Whatever libtorch refuses.
    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError>;
}

/// What an optimizer remembers about one parameter.
#[derive(Debug, Default)]
pub struct ParamState {
    /// Steps taken with this parameter; a step without a gradient does not count.
    pub step: i64,
    buffers: Vec<(&'static str, Tensor)>,
}

impl ParamState {
    /// A handle on the tensor kept as `name`, if there is one yet.
    pub fn get(&self, name: &str) -> Option<Tensor> {
        self.buffers.iter().find(|(n, _)| *n == name).map(|(_, t)| t.shallow_clone())
    }

    /// Keeps `tensor` as `name`.
    pub fn set(&mut self, name: &'static str, tensor: Tensor) {
        self.buffers.retain(|(n, _)| *n != name);
        self.buffers.push((name, tensor));
    }

    /// A handle on the tensor kept as `name`; zeros of the shape of `like` where nothing is kept yet.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn get_or_zeros(&mut self, name: &'static str, like: &Tensor) -> Result<Tensor, TchError> {
        if let Some(kept) = self.get(name) {
            return Ok(kept);
        }
        let zeros = like.f_zeros_like()?;
        self.set(name, zeros.shallow_clone());
        Ok(zeros)
    }

    pub fn buffers(&self) -> &[(&'static str, Tensor)] {
        &self.buffers
    }
}

/// Refuses an option that is not finite or below zero.
pub(super) fn not_negative(what: &str, option: &str, given: f64) -> Result<()> {
    match given.is_finite() && given >= 0.0 {
        true => Ok(()),
        false => Err(Error::value(format!("{what}: {option} must be a number of at least 0, not {given}"))),
    }
}

/// Refuses a decay rate outside `[0, 1)`: at 1 an average would never move.
pub(super) fn decay_rate(what: &str, option: &str, given: f64) -> Result<()> {
    match (0.0..1.0).contains(&given) {
        true => Ok(()),
        false => Err(Error::value(format!("{what}: {option} must be at least 0 and below 1, not {given}"))),
    }
}

/// `grad + weight_decay · param`: the gradient of an L2 penalty of `weight_decay / 2`, added as PyTorch does.
pub(super) fn with_decay(grad: &Tensor, param: &Tensor, weight_decay: f64) -> Result<Tensor, TchError> {
    match weight_decay == 0.0 {
        true => Ok(grad.shallow_clone()),
        false => grad.f_add(&param.f_mul_scalar(weight_decay)?),
    }
}
