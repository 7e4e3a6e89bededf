//! A moving average of the weights, with which a training is scored, kept and ended: exponential (EMA), or the plain mean of several epochs (SWA:
//! Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018). The arithmetic is that of PyTorch's `AveragedModel`
//! with `get_ema_multi_avg_fn` and `get_swa_multi_avg_fn`; buffers, such as a batch normalization's statistics, are not averaged, as there.

use super::super::{Listener, State, View};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::models::{Module, duplicate, parameters};
use crate::ml::tensor::During;
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use tch::Tensor;

const OPTION: &str = "average";
const WHAT: &str = "train::fit: average";

/// How weights are averaged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Averaging {
    /// After each step: a ← decay · a + (1 − decay) · w, from the first step's weights on.
    Ema { decay: f64 },
    /// After each epoch from `start` on: their mean. Below 1, `start` is a share of the epochs.
    Swa { start: f64 },
}

impl Averaging {
    /// What the option says: null, `"ema"`, `"swa"`, `{ "kind": "ema", "decay": 0.999 }`, `{ "kind": "swa", "start": 0.75 }`, in which the kind can be
    /// left out.
    ///
    /// # Errors
    /// Another kind or name; a number out of range.
    pub fn read(option: &Value) -> Result<Option<Averaging>> {
        let refused = |message: String| Error::new(ErrorKind::Option, format!("{WHAT}: {message}"));
        let nothing = Map::new();
        let (kind, given) = match option {
            Value::Null => return Ok(None),
            Value::String(kind) => (kind.as_str(), &nothing),
            Value::Object(given) => match given.get("kind") {
                Some(Value::String(kind)) => (kind.as_str(), given),
                Some(other) => return Err(refused(format!("kind is \"ema\" or \"swa\", not {other}"))),
                None => (if given.contains_key("start") { "swa" } else { "ema" }, given),
            },
            other => return Err(refused(format!("takes \"ema\", \"swa\" or a map, got {other}"))),
        };
        let (name, default, (least, below)) = match kind {
            "ema" => ("decay", 0.999, (0.0, 1.0)),
            "swa" => ("start", 0.75, (0.0, f64::INFINITY)),
            other => return Err(Error::unknown(ErrorKind::Option, "kind", other, &["ema", "swa"]).within(WHAT)),
        };
        if let Some(unknown) = given.keys().find(|key| !["kind", name].contains(&key.as_str())) {
            return Err(Error::unknown(ErrorKind::Option, "option", unknown, &["kind", name]).within(WHAT));
        }
        let number = match given.get(name) {
            None => default,
            Some(value) => value.as_f64().filter(|number| (least..below).contains(number)).ok_or_else(|| {
                refused(match kind {
                    "ema" => format!("decay must be at least 0 and below 1, not {value}"),
                    _ => format!("start must be an epoch, or a share of the epochs below 1, not {value}"),
                })
            })?,
        };
        Ok(Some(if kind == "ema" { Averaging::Ema { decay: number } } else { Averaging::Swa { start: number } }))
    }

    fn of(at: &dyn View) -> Result<Option<Averaging>> {
        Averaging::read(&at.option(OPTION))
    }
}

fn copies(weights: &[(String, Tensor)]) -> Result<HashMap<String, Tensor>> {
    weights.iter().map(|(name, w)| Ok((name.clone(), duplicate(w)?))).collect()
}

#[derive(Default)]
pub struct Average {
    /// By the names of the parameters.
    kept: RefCell<HashMap<String, Tensor>>,
    /// Of how many weights it is the average.
    count: Cell<i64>,
    /// Whether the network has the average, and `kept` the weights with which the training goes on.
    exchanged: Cell<bool>,
    loaded: Cell<bool>,
}

impl Average {
    /// A step is done: takes the network's weights into an exponential average.
    ///
    /// # Errors
    /// Options out of range; whatever libtorch refuses.
    pub fn step(&self, at: &dyn View) -> Result<()> {
        match (Averaging::of(at)?, at.network()) {
            (Some(Averaging::Ema { decay }), Some(network)) => self.add(network.as_ref(), 1.0 - decay),
            _ => Ok(()),
        }
    }

    /// The steps of an epoch are done: takes its weights into the mean of epochs; then the network has the average, where there is one, until the next
    /// epoch begins. Says whether there is one.
    ///
    /// # Errors
    /// As [`Average::step`].
    pub fn exchange(&self, at: &dyn View) -> Result<bool> {
        let (Some(averaging), Some(network)) = (Averaging::of(at)?, at.network()) else { return Ok(false) };
        if self.exchanged.get() {
            return Ok(true);
        }
        if let Averaging::Swa { start } = averaging {
            let first = if start < 1.0 { (start * at.epochs() as f64).floor() + 1.0 } else { start };
            if at.epoch() as f64 >= first {
                self.add(network.as_ref(), 1.0 / (self.count.get() + 1) as f64)?;
            }
        }
        if self.count.get() == 0 {
            return Ok(false);
        }
        self.turn(network.as_ref())?;
        Ok(true)
    }

    /// a ← a + share · (w − a); the first weights as they are.
    fn add(&self, network: &dyn Module, share: f64) -> Result<()> {
        let _guard = tch::no_grad_guard();
        if self.count.get() == 0 {
            self.kept.replace(copies(&parameters(network))?);
        } else {
            for (name, w) in parameters(network).iter().filter(|(_, w)| w.is_floating_point()) {
                drop(self.of(name)?.f_lerp_(w, share).during(OPTION, &[w])?);
            }
        }
        self.count.set(self.count.get() + 1);
        Ok(())
    }

    fn of(&self, name: &str) -> Result<Tensor> {
        let kept = self.kept.borrow().get(name).map(Tensor::shallow_clone);
        kept.ok_or_else(|| Error::data(format!("{WHAT}: there is none of `{name}`: it is of another network")))
    }

    /// Exchanges the network's weights with those that are kept.
    fn turn(&self, network: &dyn Module) -> Result<()> {
        let now = copies(&parameters(network))?;
        let _guard = tch::no_grad_guard();
        for (name, mut w) in parameters(network) {
            let kept = self.of(&name)?;
            w.f_copy_(&kept).during(OPTION, &[&kept])?;
        }
        self.kept.replace(now);
        self.exchanged.set(!self.exchanged.get());
        Ok(())
    }

    /// A copy for a training that stands where this one does.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn copy_to(&self, other: &Average) -> Result<()> {
        self.state()?.map_or(Ok(()), |state| other.load(&state))?;
        other.loaded.set(false);
        Ok(())
    }
}

impl Listener for Average {
    fn name(&self) -> &str {
        "train::average"
    }

    /// The training goes on with its own weights.
    fn on_epoch_begin(&self, at: &dyn View) -> Result<()> {
        if let (true, Some(network)) = (self.exchanged.get(), at.network()) {
            self.turn(network.as_ref())?;
        }
        if Averaging::of(at)?.is_none() {
            self.kept.borrow_mut().clear();
            self.count.set(0);
        }
        Ok(())
    }

    /// A place of before there was an average has none.
    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        if !self.loaded.replace(false) {
            self.kept.borrow_mut().clear();
            self.count.set(0);
            self.exchanged.set(false);
        }
        Ok(())
    }

    fn state(&self) -> Result<Option<State>> {
        if self.count.get() == 0 {
            return Ok(None);
        }
        let tensors =
            self.kept.borrow().iter().map(|(name, w)| Ok((name.clone(), duplicate(w)?))).collect::<Result<_>>()?;
        Ok(Some(State { tensors, plain: json!({ "count": self.count.get(), "exchanged": self.exchanged.get() }) }))
    }

    fn load(&self, state: &State) -> Result<()> {
        self.kept.replace(copies(&state.tensors)?);
        self.count.set(state.plain["count"].as_i64().unwrap_or(0));
        self.exchanged.set(state.plain["exchanged"] == true);
        self.loaded.set(true);
        Ok(())
    }
}
