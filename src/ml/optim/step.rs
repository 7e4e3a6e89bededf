//! Steps: of each parameter by itself, of all together, and around what evaluates the loss.

use super::algorithm::Evaluate;
use super::group::Group;
use super::kept::ParamState;
use super::optimizer::Optimizer;
use super::sam::Sam;
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use std::any::Any;
use tch::Tensor;

/// Runs an update rule that is not Rust: a closure of the script layer's. Keeps the script language out of `ml`.
pub trait Host {
    /// Changes `update.param` in place by `rule`, whatever the script layer stored in its algorithm.
    ///
    /// # Errors
    /// Whatever the closure raises.
    fn update(&self, rule: &dyn Any, update: Update) -> Result<()>;
}

/// One parameter's turn in a step.
pub struct Update<'a> {
    pub name: &'a str,
    pub param: &'a Tensor,
    pub grad: &'a Tensor,
    pub lr: f64,
    /// `state.step` counts from 1.
    pub state: &'a mut ParamState,
}

impl Optimizer {
    /// An optimizer that takes the steps of this one as `sam` says. Both train the same parameters; what is remembered is copied.
    ///
    /// # Errors
    /// Options out of range; an optimizer that evaluates the loss itself.
    pub fn with_sam(&self, sam: Sam) -> Result<Optimizer> {
        sam.validate()?;
        if self.takes_closure() {
            let what = if self.sam.is_some() { "sam" } else { self.name() };
            return Err(Error::value(format!(
                "sam takes an optimizer whose step needs one gradient, such as sgd or adam, not {what}"
            )));
        }
        let mut with = Optimizer::new(self.groups.iter().map(Group::shared).collect())?;
        with.sam = Some(sam);
        with.load_state(&self.state()?)?;
        Ok(with)
    }

    /// Whether a step evaluates the loss itself, and so needs [`Optimizer::step_by`].
    pub fn takes_closure(&self) -> bool {
        self.sam.is_some() || self.groups[0].algorithm.together().is_some()
    }

    /// Changes every parameter that has a gradient, in place.
    ///
    /// # Errors
    /// Whatever libtorch refuses, with the parameter's name; an optimizer that evaluates the loss itself, or whose rule is not Rust.
    pub fn step(&self) -> Result<()> {
        self.step_with(None)
    }

    /// The same, with somebody who can run rules that are not Rust. What `host` calls may look at the optimizer, and not change it.
    ///
    /// # Errors
    /// As [`Optimizer::step`], and those of the host.
    pub fn step_with(&self, host: Option<&dyn Host>) -> Result<()> {
        if !self.takes_closure() {
            return self.descend(host);
        }
        let what = if self.sam.is_some() { "sam" } else { self.name() };
        Err(Error::value(format!(
            "{what} evaluates the loss more than once in a step: optimizer.step(|| …), with a closure that computes the loss and gives it"
        )))
    }

    /// A step around `evaluate`, which is called once, and as often as the algorithm asks for it. Gives the first loss.
    ///
    /// # Errors
    /// As [`Optimizer::step_with`], and those of `evaluate`; the weights are then those of before, or of the last evaluation.
    pub fn step_by(&self, host: Option<&dyn Host>, evaluate: Evaluate) -> Result<Tensor> {
        let group = &self.groups[0];
        if let Some(together) = group.algorithm.together() {
            let params: Vec<Tensor> =
                group.params.iter().filter(|(_, p)| p.requires_grad()).map(|(_, p)| p.shallow_clone()).collect();
            let first = &group.params[0].0;
            return self.with_state(first, |state| together.step(&params, group.lr, state, evaluate));
        }
        let loss = evaluate()?;
        if let Some(sam) = &self.sam {
            sam.evaluate_above(&self.trained(), evaluate)?;
        }
        self.descend(host)?;
        Ok(loss)
    }

    /// Goes back through a loss, unless that was done: where any parameter has a gradient. Behind [`Optimizer::zero_grad`].
    ///
    /// # Errors
    /// Whatever libtorch refuses, as of a loss that no trained parameter has a part in.
    pub fn go_back(&self, loss: &Tensor) -> Result<()> {
        match self.trained().is_empty() {
            true => tch::with_grad(|| loss.f_backward()).during("backward", &[loss]),
            false => Ok(()),
        }
    }

    /// The parameters that have a gradient, and are trained.
    fn trained(&self) -> Vec<Tensor> {
        let trained = |p: &&(String, Tensor)| p.1.requires_grad() && p.1.grad().defined();
        self.params().filter(trained).map(|(_, p)| p.shallow_clone()).collect()
    }

    /// Lends what is kept for a parameter. It is no longer in the table meanwhile, so that what is called may look into that.
    fn with_state<T>(&self, name: &str, lend: impl FnOnce(&mut ParamState) -> Result<T>) -> Result<T> {
        let (name, mut state) =
            self.states.borrow_mut().remove_entry(name).unwrap_or_else(|| (name.to_string(), ParamState::default()));
        state.step += 1;
        let result = lend(&mut state);
        self.states.borrow_mut().insert(name, state);
        result
    }

    fn descend(&self, host: Option<&dyn Host>) -> Result<()> {
        let _guard = tch::no_grad_guard();
        for group in &self.groups {
            let what = group.algorithm.name();
            for (name, param) in &group.params {
                let grad = param.f_grad().during(what, &[param])?;
                // A gradient of before a parameter was frozen may still be there.
                if !grad.defined() || !param.requires_grad() {
                    continue;
                }
                let lr = group.lr;
                self.with_state(name, |state| match (group.algorithm.rule(), host) {
                    (None, _) => {
                        let mut param = param.shallow_clone();
                        let done = group.algorithm.update(&mut param, &grad, lr, state);
                        done.during(what, &[&param, &grad]).map_err(|e| e.within(name))
                    }
                    (Some(rule), Some(host)) => host.update(rule, Update { name, param, grad: &grad, lr, state }),
                    (Some(_), None) => {
                        Err(Error::value(format!("{what}: its rule is a script's, which Rust cannot run")))
                    }
                })?;
            }
        }
        Ok(())
    }
}
