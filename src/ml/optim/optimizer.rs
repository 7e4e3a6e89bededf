//! Parameters in groups, and what is remembered about each of them.

use super::algorithm::not_negative;
use super::grad::zero_grad;
use super::group::Group;
use super::kept::ParamState;
use super::sam::Sam;
use crate::error::{Error, Result};
use crate::ml::models::Replica;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use tch::Tensor;

/// Changes parameters along their gradients, group by group, and remembers what that takes.
#[derive(Debug)]
pub struct Optimizer {
    pub(super) groups: Vec<Group>,
    /// By parameter name. A parameter that never had a gradient has none.
    pub(super) states: RefCell<HashMap<String, ParamState>>,
    pub(super) sam: Option<Sam>,
}

impl Optimizer {
    /// # Errors
    /// No groups, groups of different algorithms, or a parameter (or its name) in two groups.
    pub fn new(groups: Vec<Group>) -> Result<Optimizer> {
        let Some(first) = groups.first() else {
            return Err(Error::value("an optimizer needs parameters to train"));
        };
        let what = first.algorithm.name();
        if let Some(other) = groups.iter().map(|g| g.algorithm.name()).find(|name| *name != what) {
            return Err(Error::value(format!("one optimizer cannot have groups of both {what} and {other}")));
        }
        let (mut names, mut tensors) = (HashSet::new(), HashSet::new());
        for (name, tensor) in groups.iter().flat_map(Group::identities) {
            if !tensors.insert(tensor) {
                return Err(Error::value(format!("{what}: `{name}` is in more than one parameter group")));
            }
            if !names.insert(name) {
                return Err(Error::value(format!("{what}: two parameters are called `{name}`")));
            }
        }
        if groups.len() > 1 && first.algorithm.together().is_some() {
            return Err(Error::value(format!(
                "{what} makes one step of all parameters together, and takes no parameter groups"
            )));
        }
        Ok(Optimizer { groups, states: RefCell::default(), sam: None })
    }

    /// The algorithm's name: `adam`.
    pub fn name(&self) -> &'static str {
        self.groups[0].algorithm.name()
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What it is, for who reads of it: `{ "algorithm": "adam", "groups": [{ "lr": 1e-3, …, "parameters": 6, "numbers": 238658 }] }`.
    pub fn description(&self) -> Value {
        let group = |group: &Group| {
            let mut options = group.algorithm.options();
            options["lr"] = group.base_lr.into();
            options["parameters"] = group.params.len().into();
            options["numbers"] = group.params.iter().map(|(_, p)| p.numel()).sum::<usize>().into();
            options
        };
        let mut all = json!({ "algorithm": self.name(), "groups": self.groups.iter().map(group).collect::<Vec<_>>() });
        if let Some(sam) = &self.sam {
            all["sam"] = json!(sam);
        }
        all
    }

    /// The sharpness-aware minimization round it, if there is one.
    pub fn sam(&self) -> Option<&Sam> {
        self.sam.as_ref()
    }

    /// All parameters, of all groups in their order.
    pub fn params(&self) -> impl Iterator<Item = &(String, Tensor)> {
        self.groups.iter().flat_map(|group| &group.params)
    }

    /// The first group's learning rate: where there is one group, the optimizer's.
    pub fn lr(&self) -> f64 {
        self.groups[0].lr
    }

    /// The first group's initial learning rate.
    pub fn base_lr(&self) -> f64 {
        self.groups[0].base_lr
    }

    /// Sets every group's learning rate.
    ///
    /// # Errors
    /// A rate below 0, or not finite.
    pub fn set_lr(&mut self, lr: f64) -> Result<()> {
        (0..self.groups.len()).try_for_each(|group| self.set_group_lr(group, lr))
    }

    /// Sets one group's learning rate; groups are numbered from 0.
    ///
    /// # Errors
    /// A rate below 0, or not finite; a group that is not there.
    pub fn set_group_lr(&mut self, group: usize, lr: f64) -> Result<()> {
        let count = self.groups.len();
        let what = self.name();
        not_negative(what, "lr", lr)?;
        match self.groups.get_mut(group) {
            Some(group) => group.lr = lr,
            None => return Err(Error::value(format!("{what}: there is no group {group}, only 0 to {}", count - 1))),
        }
        Ok(())
    }

    /// Sets one group's base rate, which schedules multiply, and the rate with it.
    ///
    /// # Errors
    /// As [`Optimizer::set_group_lr`].
    pub fn set_group_base_lr(&mut self, group: usize, base_lr: f64) -> Result<()> {
        self.set_group_lr(group, base_lr)?;
        let group = &mut self.groups[group];
        (group.base_lr, group.scheduled_lr) = (base_lr, base_lr);
        Ok(())
    }

    /// The base rate of each group, for a schedule to make the next rate of. A rate that was set by hand since the last step
    /// stays in force: the group's base is scaled by as much first, so that the schedule goes on from there.
    pub fn rebased(&mut self) -> Vec<f64> {
        self.groups.iter_mut().map(Group::rebase).collect()
    }

    /// The rates that the groups were made with.
    pub fn made_lrs(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.algorithm.lr()).collect()
    }

    /// A state was put back of an optimizer whose groups were made with the rates `then`: where a group is made with another one now,
    /// that is its rate, as one that is set by hand.
    pub fn carry_out_lrs(&mut self, then: &[f64]) {
        for (group, then) in self.groups.iter_mut().zip(then) {
            let now = group.algorithm.lr();
            if now != *then {
                group.lr = now;
            }
        }
    }

    /// Sets the rates that a schedule made, one for each group.
    ///
    /// # Errors
    /// A rate below 0, or not finite.
    pub fn set_scheduled(&mut self, rates: &[f64]) -> Result<()> {
        for (number, rate) in rates.iter().enumerate() {
            self.set_group_lr(number, *rate)?;
            self.groups[number].scheduled_lr = *rate;
        }
        Ok(())
    }

    /// An optimizer of the same state over copies of the parameters.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn replicate(&self, replica: &mut Replica) -> Result<Optimizer> {
        let groups = self.groups.iter().map(|group| group.replicate(replica)).collect::<Result<_>>()?;
        let mut copy = Optimizer { groups, states: RefCell::default(), sam: self.sam.clone() };
        copy.load_state(&self.state()?)?;
        Ok(copy)
    }

    /// Drops the gradients: a parameter that the next loss does not reach is left out of the step, by decay and momentum too.
    ///
    /// # Errors
    /// Whatever libtorch refuses.
    pub fn zero_grad(&self) -> Result<()> {
        self.params().try_for_each(|(_, param)| zero_grad(param))
    }
}
