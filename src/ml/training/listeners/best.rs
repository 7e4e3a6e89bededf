//! The weights of the best epoch: in the run folder, and in memory where they are asked for again.

use super::super::{Listener, State, View};
use crate::error::Result;
use crate::ml::models::{Module, assign, duplicate, named_state};
use crate::ml::run::Record;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use tch::Tensor;

#[derive(Default)]
pub struct Best {
    kept: RefCell<Option<Kept>>,
    /// Whether the network has the weights of the best epoch, and `kept` those that it had before.
    exchanged: Cell<bool>,
}

struct Kept {
    /// The epoch's row, without times.
    row: Value,
    weights: Vec<(String, Tensor)>,
}

fn copies(weights: &[(String, Tensor)]) -> Result<Vec<(String, Tensor)>> {
    weights.iter().map(|(name, tensor)| Ok((name.clone(), duplicate(tensor)?))).collect()
}

impl Best {
    /// Exchanges the network's weights with those of the best epoch, and at the next call back. False where there are none in memory.
    ///
    /// # Errors
    /// Weights of another network; memory that cannot be had.
    pub fn exchange(&self, network: &dyn Module) -> Result<bool> {
        let mut kept = self.kept.borrow_mut();
        let Some(kept) = kept.as_mut() else { return Ok(false) };
        let now = copies(&named_state(network))?;
        assign(network, &kept.weights)?;
        kept.weights = now;
        self.exchanged.set(!self.exchanged.get());
        Ok(true)
    }

    /// A copy for a training that stands where this one does.
    ///
    /// # Errors
    /// As [`Best::exchange`].
    pub fn copy_to(&self, other: &Best) -> Result<()> {
        self.state()?.map_or(Ok(()), |state| other.load(&state))
    }

    /// The weights of the best epoch, where they are in memory: those that were put aside, or the network's.
    fn weights(&self, network: Option<&dyn Module>) -> Option<Vec<(String, Tensor)>> {
        match (self.exchanged.get(), network) {
            (true, network) => network.map(named_state),
            (false, _) => {
                let kept = self.kept.borrow();
                kept.as_ref().map(|k| k.weights.iter().map(|(name, t)| (name.clone(), t.shallow_clone())).collect())
            }
        }
    }
}

impl Listener for Best {
    fn name(&self) -> &str {
        "train::best"
    }

    /// A training goes on from its last epoch, whatever its network was asked for in between.
    fn on_epoch_begin(&self, at: &dyn View) -> Result<()> {
        match at.network().filter(|_| self.exchanged.get()) {
            Some(network) => self.exchange(network.as_ref()).map(drop),
            None => Ok(()),
        }
    }

    fn on_log(&self, at: &dyn View, _row: &Record) -> Result<()> {
        let (true, Some(row), Some(network)) = (at.is_best(), at.best(), at.network()) else { return Ok(()) };
        self.kept.replace(None);
        if at.keeps_best() {
            let weights = copies(&named_state(network.as_ref()))?;
            self.kept.replace(Some(Kept { row: Value::Object(row.clone()), weights }));
        }
        at.run().map_or(Ok(()), |run| run.save_best(&row, network.as_ref()))
    }

    fn on_restore(&self, at: &dyn View) -> Result<()> {
        let (best, network) = (at.best(), at.network());
        let is_it = self.kept.borrow().as_ref().is_some_and(|kept| kept.row.as_object() == best.as_ref());
        if !is_it {
            self.kept.replace(None);
            self.exchanged.set(false);
        }
        let weights = self.weights(network.as_deref());
        let Some(run) = at.run() else { return Ok(()) };
        let found = run.rewind_best(best.as_ref(), weights)?;
        if let (false, true, Some(row), Some(weights)) = (is_it, at.keeps_best(), best, found) {
            self.kept.replace(Some(Kept { row: Value::Object(row), weights }));
        }
        Ok(())
    }

    /// What could not be written behind its epoch.
    fn on_end(&self, at: &dyn View) -> Result<Record> {
        let (Some(run), Some(row), Some(network)) = (at.run(), at.best(), at.network()) else {
            return Ok(Record::new());
        };
        let weights =
            if at.is_best() { Some(named_state(network.as_ref())) } else { self.weights(at.network().as_deref()) };
        weights.map_or(Ok(()), |weights| run.complete_best(&row, &weights)).map(|()| Record::new())
    }

    fn state(&self) -> Result<Option<State>> {
        let kept = self.kept.borrow();
        let Some(kept) = kept.as_ref() else { return Ok(None) };
        let plain = json!({ "row": kept.row, "exchanged": self.exchanged.get() });
        Ok(Some(State { tensors: copies(&kept.weights)?, plain }))
    }

    fn load(&self, state: &State) -> Result<()> {
        let weights = copies(&state.tensors).map_err(|e| e.within("the best epoch's weights"))?;
        self.exchanged.set(state.plain["exchanged"] == true);
        self.kept.replace(Some(Kept { row: state.plain["row"].clone(), weights }));
        Ok(())
    }
}
