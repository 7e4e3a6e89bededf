//! A training: what it is about, and where it stands.

use super::History;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    random,
    training::{
        Listener,
        listeners::{self, Average, Best},
    },
};
use crate::script::base::kinds::{Kind, held};
use rhai::{Dynamic, Map};
use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

/// Parts of a training by their old names, which scripts in run folders know, and their names now.
const RENAMED: [(&str, &str); 3] = [("draw", "loader"), ("one_epoch", "epoch_fn"), ("good", "last_good")];

/// A handle: copies are the same training.
#[derive(Debug, Clone)]
pub struct TrainingHandle(pub Rc<Training>);

pub struct Training {
    /// What changes as it goes on: network, optimizer, `s`, …
    pub state: RefCell<Map>,
    /// What it needs beside that: data, options, run folder.
    pub rest: RefCell<Map>,
    /// Where it stands in its randomness while it is not at work.
    pub random: Cell<random::State>,
    /// Whether it is at work: the program's randomness is its own then.
    pub(super) at_work: Cell<bool>,
    /// Whether `:stop` was said in its turn.
    pub(super) stopped: Cell<bool>,
    /// The weights of its best epoch; one of the listeners.
    pub best: Rc<Best>,
    /// The moving average of its weights; one of the listeners.
    pub average: Rc<Average>,
    /// Who is told of it, beside the callbacks in its options.
    pub listeners: Vec<Rc<dyn Listener>>,
    /// Which of all who are told have asked for the figures of this step.
    pub asked: RefCell<Vec<bool>>,
}

impl fmt::Debug for Training {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Training").field("state", &self.state).field("rest", &self.rest).finish_non_exhaustive()
    }
}

impl TrainingHandle {
    pub fn new(state: Map, rest: Map, random: random::State) -> Self {
        let (state, rest) = (RefCell::new(state), RefCell::new(rest));
        let (best, average) = (Rc::new(Best::default()), Rc::new(Average::default()));
        TrainingHandle(Rc::new(Training {
            state,
            rest,
            random: Cell::new(random),
            at_work: Cell::new(false),
            stopped: Cell::new(false),
            listeners: listeners::all(best.clone(), average.clone()),
            best,
            average,
            asked: RefCell::default(),
        }))
    }

    pub fn is_at_work(&self) -> bool {
        self.0.at_work.get()
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
        let name = self.name_of(name);
        let found = self.0.state.borrow().get(name).cloned();
        found.or_else(|| self.0.rest.borrow().get(name).cloned())
    }

    /// What the part `name` is called in this training.
    fn name_of<'a>(&self, name: &'a str) -> &'a str {
        let is_there = |name: &str| self.0.state.borrow().contains_key(name) || self.0.rest.borrow().contains_key(name);
        let now = RENAMED.iter().find(|(old, now)| *old == name && !is_there(old) && is_there(now));
        now.map_or(name, |(_, now)| now)
    }

    /// One of its options, as it stands now.
    pub fn option(&self, name: &str) -> Option<Dynamic> {
        let rest = self.0.rest.borrow();
        let o = rest.get("o")?.read_lock::<Map>()?;
        o.get(name).map(Dynamic::flatten_clone)
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
        let (state, rest) = (self.0.state.borrow(), self.0.rest.borrow());
        let s = state.get("s").or_else(|| rest.get("s")).and_then(|s| s.read_lock::<Map>());
        s.and_then(|s| s.get(name)?.as_int().ok()).unwrap_or(0)
    }

    /// Whether it stands behind the best of its epochs.
    pub fn is_best(&self) -> bool {
        let epoch_of = |row: &Dynamic| row.read_lock::<Map>().and_then(|row| row.get("epoch")?.as_int().ok());
        let best = self.get("best").as_ref().and_then(epoch_of);
        let rows: Vec<Map> = self.history().unwrap_or_default().into_iter().collect();
        let between_epochs = rows.len() as i64 * self.count("steps_per_epoch") == self.count("step");
        between_epochs && best.is_some() && best == rows.last().and_then(|row| row.get("epoch")?.as_int().ok())
    }

    pub fn stop(&self) {
        self.0.stopped.set(true);
    }

    /// Whether `:stop` was said in its last turn.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.get()
    }

    /// Puts another value in place of a part's.
    ///
    /// # Errors
    /// A name that no part has.
    pub fn set(&self, name: &str, value: Dynamic) -> Result<()> {
        let own = self.name_of(name);
        for part in [&self.0.state, &self.0.rest] {
            if let Some(place) = part.borrow_mut().get_mut(own) {
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

    /// That no part is called `name`.
    pub fn unknown(&self, name: &str) -> Error {
        let fields = self.fields();
        let known: Vec<&str> = fields.keys().map(|name| name.as_str()).collect();
        Error::unknown(ErrorKind::Value, "field of a training", name, &known)
    }
}

pub const KIND: Kind =
    Kind { fields: Some(|value| held::<TrainingHandle>(value).fields()), ..Kind::of::<TrainingHandle>() };
