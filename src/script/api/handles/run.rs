//! A run: the folder that a training writes.

use crate::ml::run::Run;
use crate::script::base::kinds::Kind;
use rhai::Dynamic;
use std::{
    ops::Deref,
    rc::{Rc, Weak},
};

/// A handle: copies are the same folder.
#[derive(Debug, Clone)]
pub struct RunHandle(Rc<Run>);

impl From<Run> for RunHandle {
    fn from(run: Run) -> Self {
        RunHandle(Rc::new(run))
    }
}

impl RunHandle {
    /// For who is not to keep it.
    pub fn watch(&self) -> Weak<Run> {
        Rc::downgrade(&self.0)
    }
}

impl Deref for RunHandle {
    type Target = Run;

    fn deref(&self) -> &Run {
        &self.0
    }
}

pub const KIND: Kind = Kind {
    // One training writes it: a fork has none.
    copy: Some(|_, _| Ok(Dynamic::UNIT)),
    ..Kind::of::<RunHandle>()
};
