//! Independent copies of networks, with all that belongs to them.

use crate::error::{Error, Result};
use crate::ml::tensor::During;
use std::{
    any::Any,
    collections::{HashMap, HashSet},
    rc::Rc,
};
use tch::Tensor;

/// Copies what a network holds that is not Rust: the script layer's values. Keeps the script language out of `ml`.
pub trait CopyHost {
    /// A copy of `value`, whatever the script layer stored in its network.
    ///
    /// # Errors
    /// Memory that cannot be had.
    fn copy(&self, value: &dyn Any, replica: &mut Replica) -> Result<Box<dyn Any>>;
}

/// Copies that share nothing with their originals, but among each other what the originals shared: a parameter that two
/// layers have, or that an optimizer changes, is copied once.
#[derive(Default)]
pub struct Replica {
    host: Option<Rc<dyn CopyHost>>,
    tensors: HashMap<(usize, Vec<i64>), Tensor>,
    /// Copies of networks, by the address of the original.
    parts: HashMap<*const (), Box<dyn Any>>,
    /// What is being copied.
    begun: HashSet<*const ()>,
}

impl Replica {
    /// With somebody who copies what networks hold of a script.
    pub fn with_host(host: Rc<dyn CopyHost>) -> Self {
        Replica { host: Some(host), ..Replica::default() }
    }

    /// The copy of what the script layer stored in a network.
    ///
    /// # Errors
    /// Memory that cannot be had; a replica without a host.
    pub fn value(&mut self, original: &dyn Any) -> Result<Box<dyn Any>> {
        let host = self.host.clone();
        let host = host.ok_or_else(|| Error::value("this network has parts written in a script"))?;
        host.copy(original, self)
    }

    /// The copy of a tensor. Its gradient is not copied; where there was one, the copy has one of zeros, so that an optimizer
    /// sees the same parameters as before.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn tensor(&mut self, original: &Tensor) -> Result<Tensor> {
        let key = (original.data_ptr() as usize, original.size());
        if let Some(copy) = self.tensors.get(&key) {
            return Ok(copy.shallow_clone());
        }
        let copy = duplicate(original)?.f_set_requires_grad(original.requires_grad()).during("copy", &[original])?;
        if original.requires_grad() && original.is_leaf() && original.grad().defined() {
            ensure_grad(&copy)?;
        }
        self.tensors.insert(key, copy.shallow_clone());
        Ok(copy)
    }

    /// The copy of a tensor that was copied before.
    pub fn known_tensor(&self, original: &Tensor) -> Option<Tensor> {
        self.tensors.get(&(original.data_ptr() as usize, original.size())).map(Tensor::shallow_clone)
    }

    /// The copy of what lies at `original`, made by `copy` where there is none yet.
    ///
    /// # Errors
    /// Those of `copy`; what holds itself, so that its copy would be needed before it is there.
    pub fn once<T: Clone + 'static>(
        &mut self,
        original: *const (),
        copy: impl FnOnce(&mut Replica) -> Result<T>,
    ) -> Result<T> {
        if let Some(made) = self.parts.get(&original).and_then(|made| made.downcast_ref::<T>()) {
            return Ok(made.clone());
        }
        if !self.begun.insert(original) {
            return Err(Error::value(
                "this network holds itself, in what its closures have captured: it cannot be copied",
            ));
        }
        let made = copy(self);
        self.begun.remove(&original);
        let made = made?;
        self.parts.insert(original, Box::new(made.clone()));
        Ok(made)
    }

    /// The copy of what lies at `original`, where that can hold itself: an `empty` one is known before it is filled.
    ///
    /// # Errors
    /// Those of `fill`.
    pub fn once_filled<T: Clone + 'static>(
        &mut self,
        original: *const (),
        empty: impl FnOnce() -> T,
        fill: impl FnOnce(T, &mut Replica) -> Result<()>,
    ) -> Result<T> {
        if let Some(made) = self.parts.get(&original).and_then(|made| made.downcast_ref::<T>()) {
            return Ok(made.clone());
        }
        let made = empty();
        self.parts.insert(original, Box::new(made.clone()));
        fill(made.clone(), self)?;
        Ok(made)
    }
}

/// A copy of the elements, outside of every graph.
///
/// # Errors
/// Memory that cannot be had.
pub fn duplicate(tensor: &Tensor) -> Result<Tensor> {
    let copy = || {
        let original = tensor.f_detach()?;
        let mut copy = original.f_empty_like()?;
        copy.f_copy_(&original)?;
        Ok(copy)
    };
    tch::no_grad(copy).during("copy", &[tensor])
}

/// Gives a parameter that never had a gradient one of zeros.
///
/// # Errors
/// Memory that cannot be had.
pub fn ensure_grad(parameter: &Tensor) -> Result<()> {
    if parameter.grad().defined() {
        return Ok(());
    }
    // libtorch makes gradients in a backward pass only; that of 0·p is 0.
    let zero = || tch::with_grad(|| parameter.f_mul_scalar(0.0)?.f_sum(parameter.kind())?.f_backward());
    zero().during("copy", &[parameter])
}
