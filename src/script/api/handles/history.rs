//! A history: a row of numbers for each epoch of a training.

use crate::error::{Error, Result};
use crate::script::base::{
    kinds::{Kind, Kinds, held},
    saving::{self, restored},
    state::{Saved, State},
};
use rhai::{Dynamic, Map};
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};

/// A handle: copies are the same history.
#[derive(Debug, Clone, Default)]
pub struct History(pub Rc<RefCell<Vec<Map>>>);

impl IntoIterator for History {
    type Item = Map;
    type IntoIter = std::vec::IntoIter<Map>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.borrow().clone().into_iter()
    }
}

impl History {
    /// A history of its own with the same rows.
    pub fn duplicate(&self) -> History {
        History(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    /// Whether both are the same history.
    pub fn is(&self, other: &History) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Puts these rows in place of all.
    pub fn replace(&self, rows: Vec<Map>) {
        self.0.replace(rows);
    }
}

pub const KIND: Kind = Kind {
    element: Some(|value| held::<History>(value).0.borrow().last().cloned().map(Dynamic::from_map)),
    copy: Some(|value, _| Ok(Dynamic::from(held::<History>(value).duplicate()))),
    save: Some(|value, kinds| save(held(value), kinds)),
    load: Some(|value, saved| load(&held(value), saved)),
    ..Kind::of::<History>()
};

fn save(history: History, kinds: Kinds) -> Result<State> {
    let mut tensors = Vec::new();
    let mut rows = Vec::new();
    for row in history {
        let row = saving::save(kinds, &row)?;
        tensors.extend(row.tensors);
        rows.push(row.plain);
    }
    Ok(State { tensors, plain: Value::Array(rows) })
}

fn load(history: &History, saved: &Saved) -> Result<()> {
    let path = saved.path;
    let rows = saved.plain.as_array().ok_or_else(|| Error::data(format!("the state has no rows `{path}`")))?;
    let rows = rows.iter().map(|row| match restored(row) {
        row if row.is_map() => Ok(row.cast::<Map>()),
        _ => Err(Error::data(format!("a row of `{path}` is no map"))),
    });
    history.replace(rows.collect::<Result<_>>()?);
    Ok(())
}
