//! An optimizer.

use crate::ml::{optim::Optimizer, tensor::bytes};
use crate::script::base::{
    kinds::{Kind, Size, held},
    state::State,
};
use rhai::Dynamic;
use std::{cell::RefCell, rc::Rc};

/// A handle: copies are the same optimizer.
#[derive(Debug, Clone)]
pub struct OptimizerHandle(pub Rc<RefCell<Optimizer>>);

impl From<Optimizer> for OptimizerHandle {
    fn from(optimizer: Optimizer) -> Self {
        OptimizerHandle(Rc::new(RefCell::new(optimizer)))
    }
}

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let state = held::<OptimizerHandle>(value).0.borrow().state().unwrap_or_default();
        Size { shape: Some(String::new()), bytes: Some(state.iter().map(|(_, t)| bytes(t)).sum()) }
    }),
    copy: Some(|value, replica| {
        let copy = held::<OptimizerHandle>(value).0.borrow().replicate(replica)?;
        Ok(Dynamic::from(OptimizerHandle::from(copy)))
    }),
    save: Some(|value, _| Ok(State::of_tensors(held::<OptimizerHandle>(value).0.borrow().state()?))),
    load: Some(|value, saved| held::<OptimizerHandle>(value).0.borrow_mut().load_state(&saved.tensors())),
    ..Kind::of::<OptimizerHandle>()
};
