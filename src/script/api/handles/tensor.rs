//! A tensor.

use crate::error::{Error, Result};
use crate::ml::{
    models::Replica,
    tensor::{During, bytes, describe},
};
use crate::script::base::{
    kinds::{Kind, Size, held},
    state::{Saved, State},
};
use crate::script::language::watchdog;
use rhai::Dynamic;
use std::{ops::Deref, rc::Rc};

/// A handle: copying it copies no data.
#[derive(Debug, Clone)]
pub struct TensorHandle(Rc<tch::Tensor>);

impl From<tch::Tensor> for TensorHandle {
    fn from(tensor: tch::Tensor) -> Self {
        watchdog::note_work();
        TensorHandle(Rc::new(tensor))
    }
}

impl From<Rc<tch::Tensor>> for TensorHandle {
    fn from(tensor: Rc<tch::Tensor>) -> Self {
        TensorHandle(tensor)
    }
}

impl From<TensorHandle> for Rc<tch::Tensor> {
    fn from(handle: TensorHandle) -> Self {
        handle.0
    }
}

impl Deref for TensorHandle {
    type Target = tch::Tensor;

    fn deref(&self) -> &tch::Tensor {
        &self.0
    }
}

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let tensor = held::<TensorHandle>(value);
        Size { shape: Some(describe(&tensor)), bytes: Some(bytes(&tensor)) }
    }),
    copy: Some(|value, replica| Ok(Dynamic::from(copy(&held(value), replica)?))),
    save: Some(|value, _| {
        let tensor = held::<TensorHandle>(value).shallow_clone();
        Ok(State::of_tensors(vec![("tensor".to_string(), tensor)]))
    }),
    load: Some(|value, saved| load(&held(value), saved)),
    ..Kind::of::<TensorHandle>()
};

/// Tensors that nothing trains are tables: large, and read only.
fn copy(tensor: &TensorHandle, replica: &mut Replica) -> Result<TensorHandle> {
    if let Some(copy) = replica.known_tensor(tensor) {
        return Ok(copy.into());
    }
    match tensor.requires_grad() && tensor.is_leaf() {
        true => Ok(replica.tensor(tensor)?.into()),
        false => Ok(tensor.clone()),
    }
}

fn load(tensor: &TensorHandle, saved: &Saved) -> Result<()> {
    let kept = saved.tensor("tensor")?;
    if tensor.size() != kept.size() {
        let message = format!("`{}` is {:?}, in the state {:?}", saved.path, tensor.size(), kept.size());
        return Err(Error::shape(message));
    }
    let mut own = tensor.shallow_clone();
    tch::no_grad(|| own.f_copy_(kept)).during("restore", &[tensor, kept])
}
