//! A stopwatch: seconds of work.

use crate::script::base::{
    kinds::{Kind, held},
    state::State,
};
use rhai::Dynamic;
use serde_json::json;
use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

/// A handle: copies are the same stopwatch.
#[derive(Debug, Clone, Default)]
pub struct StopwatchHandle(Rc<Stopwatch>);

#[derive(Debug, Default)]
struct Stopwatch {
    before: Cell<Duration>,
    since: Cell<Option<Instant>>,
}

impl StopwatchHandle {
    /// A stopwatch of its own that stands where this one does.
    pub fn duplicate(&self) -> StopwatchHandle {
        let copy = StopwatchHandle::default();
        copy.set(self.seconds());
        copy
    }

    pub fn seconds(&self) -> f64 {
        let running = self.0.since.get().map(|since| since.elapsed()).unwrap_or_default();
        (self.0.before.get() + running).as_secs_f64()
    }

    /// Says how many seconds it shows.
    pub fn set(&self, seconds: f64) {
        self.0.before.set(Duration::try_from_secs_f64(seconds).unwrap_or_default());
        self.0.since.set(self.0.since.get().map(|_| Instant::now()));
    }

    pub fn start(&self) {
        if self.0.since.get().is_none() {
            self.0.since.set(Some(Instant::now()));
        }
    }

    /// Stops it; says whether it was running.
    pub fn stop(&self) -> bool {
        let since = self.0.since.take();
        self.0.before.set(self.0.before.get() + since.map(|since| since.elapsed()).unwrap_or_default());
        since.is_some()
    }
}

pub const KIND: Kind = Kind {
    copy: Some(|value, _| Ok(Dynamic::from(held::<StopwatchHandle>(value).duplicate()))),
    save: Some(|value, _| Ok(State::of_plain(json!(held::<StopwatchHandle>(value).seconds())))),
    load: Some(|value, saved| {
        held::<StopwatchHandle>(value).set(saved.plain.as_f64().unwrap_or(0.0));
        Ok(())
    }),
    ..Kind::of::<StopwatchHandle>()
};
