//! What an optimizer's arithmetic is given and what it keeps, one parameter at a time.

use super::kept::{Buffer, ParamState};
use crate::error::{Error, Result};
use crate::ml::models::Replica;
use crate::ml::tensor::describe;
use serde_json::Value;
use std::{any::Any, fmt, rc::Rc};
use tch::{TchError, Tensor};

/// The arithmetic of one optimizer together with its options. It holds no state of its own: that is in [`ParamState`]s.
pub trait Algorithm: fmt::Debug {
    /// The name in the table: `adam`.
    fn name(&self) -> &'static str;

    /// The learning rate that the options ask for, where a group starts.
    fn lr(&self) -> f64;

    /// All of its options, by their names in the table.
    fn options(&self) -> Value;

    /// PyTorch's names of what may be kept for a parameter.
    fn buffers(&self) -> Vec<Buffer<'_>>;

    /// # Errors
    /// An option outside its range, as PyTorch refuses it.
    fn validate(&self) -> Result<()>;

    /// # Errors
    /// A parameter that it cannot train.
    fn check(&self, _name: &str, _param: &Tensor) -> Result<()> {
        Ok(())
    }

    /// Changes `param` in place by one step of rate `lr` along `grad`; `state.step` counts from 1. Gradients are off.
    ///
    /// # Errors
    /// Whatever libtorch refuses.
    fn update(&self, param: &mut Tensor, grad: &Tensor, lr: f64, state: &mut ParamState) -> Result<(), TchError>;

    /// The algorithm, where its step is one of all parameters together, and not [`Algorithm::update`] of each.
    fn together(&self) -> Option<&dyn Together> {
        None
    }

    /// What the host of a step is to call in place of [`Algorithm::update`], where that is not Rust.
    fn rule(&self) -> Option<&dyn Any> {
        None
    }

    /// A copy for the copies of its parameters, where it holds more than numbers.
    ///
    /// # Errors
    /// Memory that cannot be had.
    fn replicate(&self, _replica: &mut Replica) -> Result<Option<Rc<dyn Algorithm>>> {
        Ok(None)
    }
}

/// Computes the loss anew, with the weights as they are, and leaves its gradients: what a script hands to `step`. Gives the loss, a
/// tensor of one element.
pub type Evaluate<'a> = &'a mut dyn FnMut() -> Result<Tensor>;

/// A step of all parameters together, which asks for the loss as often as it wants.
pub trait Together {
    /// Changes the parameters in place, and gives the loss of before. What is kept, is kept for the first parameter, as in PyTorch.
    ///
    /// # Errors
    /// Those of `evaluate`; whatever libtorch refuses.
    fn step(&self, params: &[Tensor], lr: f64, state: &mut ParamState, evaluate: Evaluate) -> Result<Tensor>;
}

/// Refuses a parameter whose number of dimensions is another one.
pub(super) fn of_dimensions(what: &str, wanted: usize, name: &str, param: &Tensor) -> Result<()> {
    match param.dim() == wanted {
        true => Ok(()),
        false => Err(Error::shape(format!(
            "{what} is for parameters of {wanted} dimensions, and `{name}` is {}: give an optimizer of another kind, such as adamw, \
             those that are none, and step both",
            describe(param)
        ))),
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
