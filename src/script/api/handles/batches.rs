//! The batches of one epoch, for a `for` loop.

use super::{BatchHandle, DatasetHandle};
use crate::error::Result;
use crate::ml::data::{BatchOptions, Batches, Begun};
use crate::script::base::guard::steps;
use rhai::EvalAltResult;
use std::rc::Rc;

/// The batches of one epoch, for a `for` loop; each loop over it begins anew.
#[derive(Clone)]
pub struct BatchesHandle {
    pub data: DatasetHandle,
    pub options: BatchOptions,
    /// How many of them are left out in front.
    pub skip: usize,
    /// What of the epoch is done, where that is counted in rows.
    pub begun: Option<Begun>,
}

impl BatchesHandle {
    /// # Errors
    /// As [`Dataset::batches`](crate::ml::data::Dataset::batches) and `rest`.
    pub fn batches(&self) -> Result<Batches> {
        match self.begun {
            None => self.data.batches(self.options),
            Some(begun) => self.data.rest(self.options, begun),
        }
    }
}

impl IntoIterator for BatchesHandle {
    type Item = std::result::Result<BatchHandle, Box<EvalAltResult>>;
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        match self.batches() {
            Ok(batches) => Box::new(steps(batches.skip(self.skip).map(|batch| Ok(Rc::new(batch?))))),
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        }
    }
}
