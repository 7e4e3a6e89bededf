//! A network.

use crate::ml::{
    models::{Module, assign, named_state, parameters},
    tensor::bytes,
};
use crate::script::base::{
    kinds::{Kind, Size, held},
    state::State,
};
use rhai::Dynamic;
use std::rc::Rc;
use tch::Tensor;

/// A handle: copying it copies no parameters.
#[derive(Clone)]
pub struct Network(pub Rc<dyn Module>);

impl<M: Module + 'static> From<M> for Network {
    fn from(module: M) -> Self {
        Network(Rc::new(module))
    }
}

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let all: Vec<Tensor> = parameters(held::<Network>(value).0.as_ref()).into_iter().map(|(_, p)| p).collect();
        let count: usize = all.iter().map(Tensor::numel).sum();
        Size { shape: Some(format!("{count} parameters")), bytes: Some(all.iter().map(bytes).sum()) }
    }),
    copy: Some(|value, replica| Ok(Dynamic::from(Network(replica.module(&held::<Network>(value).0)?)))),
    save: Some(|value, _| Ok(State::of_tensors(named_state(held::<Network>(value).0.as_ref())))),
    load: Some(|value, saved| assign(held::<Network>(value).0.as_ref(), &saved.tensors())),
    ..Kind::of::<Network>()
};
