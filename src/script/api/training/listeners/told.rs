//! What is told, and the training as a listener sees it.

use crate::error::{Error, Result};
use crate::ml::{
    models::Module,
    run::{Record, Run},
    training::View,
};
use crate::script::api::{
    handles::{Network, OptimizerHandle, RunHandle, StopwatchHandle, TrainingHandle},
    run::{record, records},
};
use crate::script::base::ScriptResult;
use rhai::{AST, Dynamic, Engine, EvalAltResult, FnPtr, Map, NativeCallContext};
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};

/// What calls a script's functions.
#[derive(Clone, Copy)]
pub enum Host<'a> {
    /// The function that the script called.
    Call(&'a NativeCallContext<'a>),
    /// Outside of any function: a statement.
    Engine(&'a Engine),
}

impl Host<'_> {
    /// What the session lends.
    pub fn tag(&self) -> Option<&Dynamic> {
        match self {
            Host::Call(context) => context.tag(),
            Host::Engine(engine) => Some(engine.default_tag()),
        }
    }

    pub fn call(&self, function: &FnPtr, arguments: Vec<Dynamic>) -> ScriptResult<Dynamic> {
        match self {
            Host::Call(context) => function.call_raw(context, None, arguments),
            Host::Engine(engine) => function.call(engine, &AST::empty(), arguments),
        }
    }
}

/// What writes a checkpoint, where a listener asks for one.
pub type Save = fn(&TrainingHandle, Host) -> ScriptResult<bool>;

/// One message to all listeners.
pub struct Told<'a> {
    pub training: &'a TrainingHandle,
    pub host: Host<'a>,
    /// What the hook of a script is called with behind the training.
    pub what: Dynamic,
    /// At the beginning of an epoch what is told is where the training stands, which it takes up with its first step.
    pub begins: bool,
    text: &'a str,
    run: Option<RunHandle>,
    save: Save,
    /// What a script has raised, as it was raised.
    raised: RefCell<Option<Box<EvalAltResult>>>,
}

impl<'a> Told<'a> {
    pub fn new(training: &'a TrainingHandle, host: Host<'a>, what: Dynamic, text: &'a str, save: Save) -> Self {
        let run = training.get("folder").and_then(|run| run.try_cast::<RunHandle>());
        Told { training, host, what, begins: false, text, run, save, raised: RefCell::default() }
    }

    /// Keeps what a script has raised, and gives an error that stands for it.
    pub fn raise(&self, raised: Box<EvalAltResult>) -> Error {
        self.raised.replace(Some(raised));
        Error::value("a function of the script failed")
    }

    /// An error as it was raised.
    pub fn raised(&self, error: Error) -> Box<EvalAltResult> {
        self.raised.take().unwrap_or_else(|| error.into())
    }

    /// A number in `s`.
    fn count(&self, name: &str) -> i64 {
        let told = self.what.read_lock::<Map>().filter(|_| self.begins).and_then(|s| s.get(name)?.as_int().ok());
        told.unwrap_or_else(|| self.training.count(name))
    }
}

impl View for Told<'_> {
    fn step(&self) -> i64 {
        self.count("step")
    }

    fn epoch(&self) -> i64 {
        self.count("epoch")
    }

    fn epochs(&self) -> i64 {
        self.count("epochs")
    }

    fn steps_per_epoch(&self) -> i64 {
        self.count("steps_per_epoch")
    }

    fn seconds(&self) -> f64 {
        let clock = self.training.get("clock").and_then(|clock| clock.try_cast::<StopwatchHandle>());
        clock.map_or(0.0, |clock| clock.seconds())
    }

    fn lr(&self) -> f64 {
        let optimizer = self.training.get("optimizer").and_then(|o| o.try_cast::<OptimizerHandle>());
        optimizer.map_or(f64::NAN, |optimizer| optimizer.0.borrow().lr())
    }

    fn network(&self) -> Option<Rc<dyn Module>> {
        Some(self.training.get("net")?.try_cast::<Network>()?.0)
    }

    fn history(&self) -> Vec<Record> {
        records(self.training.history().unwrap_or_default())
    }

    fn is_best(&self) -> bool {
        self.training.is_best()
    }

    fn best(&self) -> Option<Record> {
        let best = self.training.get("best")?.try_cast::<Map>()?;
        let mut row = record(&best);
        row.retain(|name, _| !name.ends_with("_seconds"));
        Some(row)
    }

    fn keeps_best(&self) -> bool {
        let has = |data: &Map| ["valid", "test"].iter().all(|set| data.contains_key(*set));
        let chosen = self.training.get("data").and_then(|data| data.read_lock::<Map>().map(|data| has(&data)));
        let restores = self.training.option("restore_best").and_then(|restores| restores.as_bool().ok());
        restores == Some(true) || chosen == Some(true)
    }

    fn option(&self, name: &str) -> Value {
        self.training.option(name).and_then(|value| rhai::serde::from_dynamic(&value).ok()).unwrap_or_default()
    }

    fn text(&self) -> &str {
        self.text
    }

    fn run(&self) -> Option<&Run> {
        self.run.as_deref()
    }

    fn save_checkpoint(&self) -> Result<()> {
        (self.save)(self.training, self.host).map(drop).map_err(|raised| self.raise(raised))
    }
}
