//! A meter: means over an epoch's batches.

use crate::error::Result;
use crate::ml::meter::Meter;
use crate::script::base::{
    kinds::{Kind, held},
    state::State,
};
use rhai::Dynamic;
use std::{cell::RefCell, rc::Rc};

/// A handle: copies are the same meter.
#[derive(Debug, Clone, Default)]
pub struct MeterHandle(pub Rc<RefCell<Meter>>);

impl MeterHandle {
    /// A meter of its own that has seen the same.
    ///
    /// # Errors
    /// A computation on the device that failed.
    pub fn duplicate(&self) -> Result<MeterHandle> {
        let copy = MeterHandle::default();
        copy.0.borrow_mut().load_state(&self.0.borrow_mut().state()?)?;
        Ok(copy)
    }
}

pub const KIND: Kind = Kind {
    copy: Some(|value, _| Ok(Dynamic::from(held::<MeterHandle>(value).duplicate()?))),
    save: Some(|value, _| {
        let state = held::<MeterHandle>(value).0.borrow_mut().state()?;
        Ok(State::of_tensors(vec![("meter".to_string(), state)]))
    }),
    load: Some(|value, saved| held::<MeterHandle>(value).0.borrow_mut().load_state(saved.tensor("meter")?)),
    ..Kind::of::<MeterHandle>()
};
