//! What was done at a prompt.

use crate::script::api::Pause;
use std::cell::{Cell, Ref, RefCell};

/// How an input ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Without a value that was shown.
    Done,
    /// Its value was shown, and `_` stood for it from then on.
    Shown,
    /// An error; `drew` says that random numbers had been drawn by then, which changes those that come later. `left` are the
    /// variables that it had set by then, as far as they can be written down.
    Failed { message: String, drew: bool, left: Vec<(String, String)> },
    /// Ctrl-C.
    Stopped { left: Vec<(String, String)> },
}

/// An input that has ended.
#[derive(Debug, Clone)]
pub struct Entry {
    pub text: String,
    pub outcome: Outcome,
    /// What was typed at prompts that opened while it ran, with the words in front of them.
    pub inside: Vec<(String, String)>,
    /// Pauses of a training while it ran.
    pub pauses: Vec<Pause>,
}

/// The inputs of a session, in their order.
#[derive(Debug, Default)]
pub struct Record {
    entries: RefCell<Vec<Entry>>,
    /// The input that is running.
    running: RefCell<Option<String>>,
    /// Of that one.
    inside: RefCell<Vec<(String, String)>>,
    pauses: RefCell<Vec<Pause>>,
    inputs: Cell<usize>,
    /// The script after which the prompt was opened.
    first: RefCell<String>,
}

impl Record {
    /// The number of an input that is about to be run, from 1.
    pub fn next_number(&self) -> usize {
        self.inputs.replace(self.inputs.get() + 1) + 1
    }

    /// Notes with which script the session begins.
    pub fn start_with(&self, script: &str) {
        self.first.replace(script.to_string());
    }

    /// The script with which the session began, if any.
    pub fn first(&self) -> String {
        self.first.borrow().clone()
    }

    /// Notes that an input begins to run.
    pub fn begin(&self, text: &str) {
        self.running.replace(Some(text.trim().to_string()));
    }

    /// Notes that the input that was begun has ended.
    pub fn add(&self, text: &str, outcome: Outcome) {
        self.running.take();
        let (inside, pauses) = (self.inside.take(), self.pauses.take());
        self.entries.borrow_mut().push(Entry { text: text.trim().to_string(), outcome, inside, pauses });
    }

    /// A pause inside the input that is running.
    pub fn add_pause(&self, pause: Pause) {
        self.pauses.borrow_mut().push(pause);
    }

    /// A line typed at a prompt inside the input that is running; `place` is what stood in front of it.
    pub fn add_inside(&self, place: &str, text: &str) {
        self.inside.borrow_mut().push((place.trim().to_string(), text.trim().to_string()));
    }

    pub fn clear(&self) {
        self.entries.take();
        self.first.take();
        self.inside.take();
        self.pauses.take();
    }

    /// The last input that was run.
    pub fn last(&self) -> Option<String> {
        self.entries.borrow().last().map(|entry| entry.text.clone())
    }

    /// The inputs that have ended.
    pub fn entries(&self) -> Ref<'_, [Entry]> {
        Ref::map(self.entries.borrow(), Vec::as_slice)
    }

    /// The pauses of the input that is running, and what was typed inside of it.
    pub fn pauses(&self) -> Vec<Pause> {
        self.pauses.borrow().clone()
    }

    pub fn inside(&self) -> Vec<(String, String)> {
        self.inside.borrow().clone()
    }

    /// The input that is running.
    pub fn running(&self) -> Option<String> {
        self.running.borrow().clone()
    }
}
