//! What can be done with a value of one of the program's own types: a row a type. The row stands beside the type, so that
//! a new one is saved, copied and shown by its own file.

use super::state::{Saved, State};
use crate::error::Result;
use crate::ml::models::Replica;
use rhai::{Dynamic, Map};
use std::any::TypeId;

/// One type's row. What is handed to its functions is a value of the type, see [`held`].
#[derive(Clone, Copy)]
pub struct Kind {
    pub type_id: TypeId,
    /// What `x.name` can name, for completion. Without it, nothing.
    pub fields: Option<fn(&Dynamic) -> Map>,
    /// What `x[0]` gives, for completion, where there is one. Without it, nothing.
    pub element: Option<fn(&Dynamic) -> Option<Dynamic>>,
    /// How large a value is. Without it, nobody knows.
    pub size: Option<fn(&Dynamic) -> Size>,
    /// An independent copy, for a fork. Without it the fork has the same object: one that nothing changes.
    pub copy: Option<fn(&Dynamic, &mut Replica) -> Result<Dynamic>>,
    /// The state of a value, under names of its own: the tensors in use, which the next step changes. Without it, snapshots and
    /// checkpoints pass the value over.
    pub save: Option<fn(&Dynamic, Kinds) -> Result<State>>,
    /// Puts a saved state back into the same object.
    pub load: Option<fn(&Dynamic, &Saved) -> Result<()>>,
}

impl Kind {
    /// The row of type `T`, still empty.
    pub const fn of<T: Clone + 'static>() -> Kind {
        Kind { type_id: TypeId::of::<T>(), fields: None, element: None, size: None, copy: None, save: None, load: None }
    }
}

/// The handle in a value of its row's type.
pub fn held<T: Clone + 'static>(value: &Dynamic) -> T {
    value.clone().cast()
}

/// How large a value is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Size {
    /// `[2, 3] float32`, `12 fields`. Where there is none, the length of what has a length is told.
    pub shape: Option<String>,
    /// Of what the value holds; `None` where it cannot be told.
    pub bytes: Option<usize>,
}

/// The rows of all types.
#[derive(Clone, Copy)]
pub struct Kinds(pub &'static [Kind]);

impl Kinds {
    /// The row of a value's type.
    pub fn of(&self, value: &Dynamic) -> Option<&'static Kind> {
        let type_id = value.type_id();
        self.0.iter().find(|kind| kind.type_id == type_id)
    }
}
