//! The value that a script holds.

use super::super::history::History;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::random;
use crate::script::ScriptResult;
use rhai::{Dynamic, Map, plugin::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// A handle: copies are the same training.
#[derive(Debug, Clone)]
pub struct TrainingHandle(pub Rc<Training>);

#[derive(Debug)]
pub struct Training {
    /// What changes as it goes on: network, optimizer, `s`, …
    pub state: RefCell<Map>,
    /// What it needs beside that: data, options, run folder.
    pub rest: RefCell<Map>,
    /// Where it stands in its randomness while it is not at work.
    pub random: Cell<random::State>,
    /// Whether it is at work: the program's randomness is its own then.
    at_work: Cell<bool>,
    /// Whether `:stop` was said in its turn.
    stopped: Cell<bool>,
}

impl TrainingHandle {
    pub fn new(state: Map, rest: Map, random: random::State) -> Self {
        let (state, rest) = (RefCell::new(state), RefCell::new(rest));
        TrainingHandle(Rc::new(Training {
            state,
            rest,
            random: Cell::new(random),
            at_work: Cell::new(false),
            stopped: Cell::new(false),
        }))
    }

    pub fn random(&self) -> random::State {
        if self.0.at_work.get() { random::state() } else { self.0.random.get() }
    }

    pub fn set_random(&self, state: random::State) {
        if self.0.at_work.get() {
            random::set_state(state);
        }
        self.0.random.set(state);
    }

    pub fn get(&self, name: &str) -> Option<Dynamic> {
        let found = self.0.state.borrow().get(name).cloned();
        found.or_else(|| self.0.rest.borrow().get(name).cloned())
    }

    /// All that `t.name` can name.
    pub fn fields(&self) -> Map {
        let mut fields = self.0.rest.borrow().clone();
        fields.extend(self.0.state.borrow().clone());
        fields.extend(self.history().map(|history| ("history".into(), Dynamic::from(history))));
        fields
    }

    /// A number in `s`, such as the step.
    pub fn count(&self, name: &str) -> i64 {
        let s = self.get("s").and_then(|s| s.try_cast::<Map>()).unwrap_or_default();
        s.get(name).and_then(|n| n.as_int().ok()).unwrap_or(0)
    }

    pub fn stop(&self) {
        self.0.stopped.set(true);
    }

    /// Puts another value in place of a part's.
    ///
    /// # Errors
    /// A name that no part has.
    pub fn set(&self, name: &str, value: Dynamic) -> Result<()> {
        for part in [&self.0.state, &self.0.rest] {
            if let Some(place) = part.borrow_mut().get_mut(name) {
                *place = value;
                return Ok(());
            }
        }
        // The interpreter gives back what a method was called on: `t.history.len()`.
        match (self.history(), value.try_cast::<History>()) {
            (Some(own), Some(given)) if name == "history" && own.is(&given) => Ok(()),
            _ => Err(self.unknown(name)),
        }
    }

    /// The history in `s`.
    pub fn history(&self) -> Option<History> {
        self.get("s")?.try_cast::<Map>()?.get("history")?.clone().try_cast::<History>()
    }

    fn unknown(&self, name: &str) -> Error {
        let fields = self.fields();
        let known: Vec<&str> = fields.keys().map(|name| name.as_str()).collect();
        Error::unknown(ErrorKind::Value, "field of a training", name, &known)
    }
}

/// While it lives, its training is at work.
#[derive(Debug, Clone)]
pub struct TurnHandle(#[allow(dead_code, reason = "it is there to be dropped")] Rc<Turn>);

#[derive(Debug)]
struct Turn {
    training: TrainingHandle,
    outside: random::State,
    _hold: interrupt::Hold,
}

impl Turn {
    fn of(training: TrainingHandle) -> Turn {
        let outside = random::state();
        random::set_state(training.0.random.get());
        training.0.at_work.set(true);
        training.0.stopped.set(false);
        Turn { training, outside, _hold: interrupt::Hold::new() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.training.0.random.set(random::state());
        self.training.0.at_work.set(false);
        random::set_state(self.outside);
    }
}

#[export_module]
pub mod api {
    /// A training of the parts in two maps: `state`, what changes as it goes on (networks, optimizers, meters, histories, numbers),
    /// and `rest`, what it needs beside that. Its parts are fields; copies of it are the same training. `train::start` makes
    /// one; a loop of one's own can make another.
    ///
    /// ```rhai
    /// let net = linear(2, 1);
    /// let t = training(#{ net: net, s: #{ epoch: 1, step: 0, history: history() } }, #{ rate: 0.1 });
    /// t.rate = 0.2;
    /// assert_eq([t.rate, t.s.epoch, t.history.len()], [0.2, 1, 0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn training(state: Map, rest: Map) -> ScriptResult<TrainingHandle> {
        Ok(TrainingHandle::new(state, rest, random::state()))
    }

    /// Begins a training's turn, which lasts while the value that comes back does: random numbers are the training's own, so
    /// that whatever else draws some changes nothing in it, and Ctrl-C waits for the next `pause`.
    ///
    /// Errors: a training that is at work already.
    ///
    /// ```rhai
    /// fn drawn(t) { let turn = t.turn(); randn([3]) }
    /// manual_seed(1);
    /// let t = training(#{}, #{});
    /// let outside = randn([3]);
    /// assert_eq(drawn(t), outside);               // both are the first that seed 1 gives
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn turn(training: &mut TrainingHandle) -> ScriptResult<TurnHandle> {
        if training.0.at_work.get() {
            return Err(Error::value("this training is at work already: fork(t) gives one to try something on").into());
        }
        Ok(TurnHandle(Rc::new(Turn::of(training.clone()))))
    }

    #[rhai_fn(index_get, return_raw, pure)]
    pub fn field(training: &mut TrainingHandle, name: &str) -> ScriptResult<Dynamic> {
        let found = training.get(name).or_else(|| training.history().filter(|_| name == "history").map(Dynamic::from));
        found.ok_or_else(|| training.unknown(name).into())
    }

    #[rhai_fn(index_set, return_raw, pure)]
    pub fn set_field(training: &mut TrainingHandle, name: &str, value: Dynamic) -> ScriptResult<()> {
        Ok(training.set(name, value)?)
    }

    /// Whether `:stop` was said at a pause in the training's last turn.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).stopped);
    /// ```
    #[rhai_fn(get = "stopped", pure)]
    pub fn stopped(training: &mut TrainingHandle) -> bool {
        training.0.stopped.get()
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_training(training: &mut TrainingHandle) -> String {
        format!("Training(epoch {}, step {})", training.count("epoch"), training.count("step"))
    }
}
