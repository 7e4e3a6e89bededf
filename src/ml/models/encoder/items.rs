//! The items of a Hugging Face `config.json`, read one by one.

use super::activation::Activation;
use crate::error::Error;
use serde_json::{Map, Value};

/// No machine has room for more, and products of sizes stay far from overflow.
const LARGEST: i64 = 1 << 24;

/// The items of a `config.json`. What is wrong with them is kept, so that all of it is said at once.
pub struct Items {
    items: Map<String, Value>,
    wrong: Vec<String>,
}

impl Items {
    pub(super) fn new(items: Map<String, Value>) -> Items {
        Items { items, wrong: Vec::new() }
    }

    /// What was wrong with the items that were read.
    pub(super) fn wrong(self) -> Vec<String> {
        self.wrong
    }

    /// Keeps what is wrong.
    pub fn refuse(&mut self, why: String) {
        self.wrong.push(why);
    }

    /// An item that is there and not null.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.items.get(name).filter(|value| !value.is_null()).cloned()
    }

    /// An integer of at least 1.
    pub fn size(&mut self, name: &str, usual: i64) -> i64 {
        let Some(value) = self.get(name) else { return usual };
        match value.as_i64().filter(|n| (1..=LARGEST).contains(n)) {
            Some(size) => size,
            None => {
                self.wrong.push(format!("{name} is {value}, expected an integer of 1 to {LARGEST}"));
                1
            }
        }
    }

    /// A number in a range.
    pub fn number(&mut self, name: &str, usual: f64, range: std::ops::Range<f64>) -> f64 {
        let Some(value) = self.get(name) else { return usual };
        match value.as_f64().filter(|n| range.contains(n)) {
            Some(number) => number,
            None => {
                let (from, to) = (range.start, range.end);
                self.wrong.push(format!("{name} is {value}, expected a number of at least {from} and below {to}"));
                usual
            }
        }
    }

    /// A probability to drop with.
    pub fn dropout(&mut self, name: &str, usual: f64) -> f64 {
        self.number(name, usual, 0.0..1.0)
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, usual: bool) -> bool {
        let Some(value) = self.get(name) else { return usual };
        value.as_bool().unwrap_or_else(|| {
            self.wrong.push(format!("{name} is {value}, expected true or false"));
            usual
        })
    }

    /// The name of a function between two linear layers.
    pub fn activation(&mut self, name: &str, usual: &str) -> Activation {
        let value = self.get(name).unwrap_or_else(|| usual.into());
        let named = value.as_str().map(Activation::named);
        named.unwrap_or_else(|| Err(Error::value("expected a name"))).unwrap_or_else(|e| {
            self.wrong.push(format!("{name} is {value}: {e}"));
            Activation::default()
        })
    }

    /// The number of a token; null stands for none.
    pub fn token(&mut self, name: &str, usual: Option<i64>) -> Option<i64> {
        match self.items.get(name) {
            None => usual,
            Some(Value::Null) => None,
            Some(value) => {
                let id = value.as_i64().filter(|id| *id >= 0);
                if id.is_none() {
                    self.wrong.push(format!("{name} is {value}, expected the number of a token"));
                }
                id
            }
        }
    }

    /// An item that must have one value, since nothing else is built.
    pub fn only(&mut self, name: &str, supported: impl Into<Value>) {
        let supported = supported.into();
        if let Some(value) = self.get(name).filter(|value| *value != supported) {
            self.wrong.push(format!("{name} is {value}, only {supported} is"));
        }
    }
}
