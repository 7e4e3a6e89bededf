//! What a snapshot or a checkpoint holds.

use crate::error::{Error, Result};
use crate::ml::models::duplicate;
/// Tensors stand under their paths: `net.layer.0.weight`.
pub use crate::ml::training::State;
use serde_json::Value;
use std::collections::HashMap;
use tch::Tensor;

impl State {
    pub fn of_tensors(tensors: Vec<(String, Tensor)>) -> State {
        State { tensors, plain: Value::Null }
    }

    pub fn of_plain(plain: Value) -> State {
        State { tensors: Vec::new(), plain }
    }

    /// A copy that later steps leave alone.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn detached(self) -> Result<State> {
        let tensors = self.tensors.into_iter().map(|(name, t)| Ok((name, duplicate(&t)?))).collect::<Result<_>>()?;
        Ok(State { tensors, ..self })
    }
}

/// All tensors of a state, by their paths.
pub(super) type Tensors<'a> = HashMap<&'a str, &'a Tensor>;

/// The name of a part of what stands at `path`.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

/// What a state holds of one value.
pub struct Saved<'a> {
    /// Where the value stands in the state, for messages: `s.history`.
    pub path: &'a str,
    pub plain: &'a Value,
    pub(super) all: &'a Tensors<'a>,
}

impl<'a> Saved<'a> {
    /// The tensors of the value, under the names that it saved them by.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let own = self.all.iter().filter_map(|(name, t)| Some((name.strip_prefix(self.path)?.strip_prefix('.')?, *t)));
        own.map(|(name, t)| (name.to_string(), t.shallow_clone())).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// A name that the value did not save a tensor by.
    pub fn tensor(&self, name: &str) -> Result<&'a Tensor> {
        let found = self.all.get(join(self.path, name).as_str()).copied();
        found.ok_or_else(|| Error::data(format!("the state has no tensor `{}`", self.path)))
    }
}
