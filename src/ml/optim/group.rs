//! Parameters that share a learning rate and options.

use super::Algorithm;
use crate::error::{Error, Result};
use crate::ml::models::Replica;
use std::{collections::HashSet, rc::Rc};
use tch::Tensor;

/// Parameters under the names that the optimizer's state goes by, and how they are changed.
#[derive(Debug)]
pub struct Group {
    pub(super) params: Vec<(String, Tensor)>,
    pub(super) algorithm: Rc<dyn Algorithm>,
    pub(super) lr: f64,
    pub(super) base_lr: f64,
    /// The rate that a schedule set last; another one was set by hand since.
    pub(super) scheduled_lr: f64,
}

impl Group {
    /// A group that starts at the learning rate of `algorithm`'s options. A tensor that comes twice, as tied weights do,
    /// is kept under its first name only.
    ///
    /// # Errors
    /// Options out of range, no parameters, one that the algorithm cannot train, a name that two parameters bear, or a tensor that is the result of an
    /// operation: changing it would change no network.
    pub fn new(params: Vec<(String, Tensor)>, algorithm: Rc<dyn Algorithm>) -> Result<Group> {
        algorithm.validate()?;
        let what = algorithm.name();
        if params.is_empty() {
            return Err(Error::value(format!("{what}: there are no parameters to train")));
        }
        let (mut names, mut tensors, mut kept) = (HashSet::new(), HashSet::new(), Vec::new());
        for (name, tensor) in params {
            if !tensor.is_leaf() {
                return Err(Error::value(format!(
                    "{what}: `{name}` is the result of an operation, not a parameter; detach() it and set requires_grad"
                )));
            }
            algorithm.check(&name, &tensor)?;
            if tensors.insert(identity(&tensor)) {
                if !names.insert(name.clone()) {
                    return Err(Error::value(format!("{what}: two parameters are called `{name}`")));
                }
                kept.push((name, tensor));
            }
        }
        let lr = algorithm.lr();
        Ok(Group { params: kept, algorithm, lr, base_lr: lr, scheduled_lr: lr })
    }

    pub fn params(&self) -> &[(String, Tensor)] {
        &self.params
    }

    /// The algorithm with this group's options.
    pub fn algorithm(&self) -> &dyn Algorithm {
        self.algorithm.as_ref()
    }

    /// The rate that the next step takes.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// What schedules multiply: the rate that the group was made with, or was given since.
    pub fn base_lr(&self) -> f64 {
        self.base_lr
    }

    /// Takes a rate that was set by hand as one that the schedule is to go on from: the base is scaled as the rate was.
    pub(super) fn rebase(&mut self) -> f64 {
        if self.lr != self.scheduled_lr {
            self.base_lr = if self.scheduled_lr > 0.0 { self.base_lr * (self.lr / self.scheduled_lr) } else { self.lr };
            self.scheduled_lr = self.lr;
        }
        self.base_lr
    }

    /// The same group over copies of its parameters.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub(super) fn replicate(&self, replica: &mut Replica) -> Result<Group> {
        let params =
            self.params.iter().map(|(name, p)| Ok((name.clone(), replica.tensor(p)?))).collect::<Result<_>>()?;
        let Group { lr, base_lr, scheduled_lr, .. } = *self;
        let algorithm = self.algorithm.replicate(replica)?.unwrap_or_else(|| self.algorithm.clone());
        Ok(Group { params, algorithm, lr, base_lr, scheduled_lr })
    }

    /// The same group once more, of the same parameters.
    pub(super) fn shared(&self) -> Group {
        let params = self.params.iter().map(|(name, p)| (name.clone(), p.shallow_clone())).collect();
        let Group { lr, base_lr, scheduled_lr, .. } = *self;
        Group { params, algorithm: self.algorithm.clone(), lr, base_lr, scheduled_lr }
    }

    pub(super) fn identities(&self) -> impl Iterator<Item = (&str, Identity)> {
        self.params.iter().map(|(name, tensor)| (name.as_str(), identity(tensor)))
    }
}

/// Two handles on the same elements have the same address; tensors without elements have none, and are told apart by
/// nothing, which is harmless.
pub(super) type Identity = (usize, Vec<i64>);

fn identity(tensor: &Tensor) -> Identity {
    (tensor.data_ptr() as usize, tensor.size())
}
