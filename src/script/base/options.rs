//! Option maps: `adam(net, #{ lr: 1e-3 })`.

use super::nesting::text;
use crate::error::{Error, ErrorKind, Result};
use rhai::{Array, Dynamic, Map};

/// The options given to one function. Reading one takes it out; [`Options::done`] refuses what is left.
pub struct Options {
    function: &'static str,
    given: Map,
    known: Vec<&'static str>,
}

impl Options {
    pub fn new(function: &'static str, given: Map) -> Self {
        Options { function, given, known: Vec::new() }
    }

    /// No options at all.
    pub fn none(function: &'static str) -> Self {
        Options::new(function, Map::new())
    }

    /// The value given for `name`, unless it is `()`, which stands for "not given".
    pub fn take(&mut self, name: &'static str) -> Option<Dynamic> {
        self.known.push(name);
        self.given.remove(name).filter(|value| !value.is_unit())
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        what: &str,
        read: impl FnOnce(&Dynamic) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => Err(Error::new(
                ErrorKind::Option,
                format!("{}: option `{name}` takes {what}, got {}", self.function, shown(&value)),
            )),
        }
    }

    /// A number; an integer serves for a float.
    ///
    /// # Errors
    /// Here and in those below: a value of another type.
    pub fn number(&mut self, name: &'static str, default: f64) -> Result<f64> {
        Ok(self.read(name, "a number", number)?.unwrap_or(default))
    }

    pub fn optional_number(&mut self, name: &'static str) -> Result<Option<f64>> {
        self.read(name, "a number", number)
    }

    pub fn integer(&mut self, name: &'static str, default: i64) -> Result<i64> {
        Ok(self.read(name, "an integer", |v| v.as_int().ok())?.unwrap_or(default))
    }

    pub fn optional_integer(&mut self, name: &'static str) -> Result<Option<i64>> {
        self.read(name, "an integer", |v| v.as_int().ok())
    }

    /// An integer, or that word, for which there is none.
    pub fn integer_or(&mut self, name: &'static str, default: i64, word: &'static str) -> Result<Option<i64>> {
        let is_word = |v: &Dynamic| v.clone().into_string().is_ok_and(|given| given == word);
        let read = |v: &Dynamic| if is_word(v) { Some(None) } else { v.as_int().ok().map(Some) };
        Ok(self.read(name, &format!("an integer or \"{word}\""), read)?.unwrap_or(Some(default)))
    }

    pub fn boolean(&mut self, name: &'static str, default: bool) -> Result<bool> {
        Ok(self.read(name, "true or false", |v| v.as_bool().ok())?.unwrap_or(default))
    }

    pub fn optional_boolean(&mut self, name: &'static str) -> Result<Option<bool>> {
        self.read(name, "true or false", |v| v.as_bool().ok())
    }

    pub fn string(&mut self, name: &'static str, default: &str) -> Result<String> {
        Ok(self.optional_string(name)?.unwrap_or_else(|| default.to_string()))
    }

    pub fn optional_string(&mut self, name: &'static str) -> Result<Option<String>> {
        self.read(name, "a string", |v| v.clone().into_string().ok())
    }

    /// An array of numbers.
    pub fn numbers(&mut self, name: &'static str) -> Result<Option<Vec<f64>>> {
        self.read(name, "an array of numbers", |v| {
            v.read_lock::<Array>()?.iter().map(number).collect::<Option<Vec<f64>>>()
        })
    }

    /// A value of one of the program's own types, such as a tensor.
    pub fn handle<T: Clone + 'static>(&mut self, name: &'static str, what: &str) -> Result<Option<T>> {
        self.read(name, what, |v| v.clone().try_cast::<T>())
    }

    /// Refuses what nobody asked for. Call it when all options have been read.
    ///
    /// # Errors
    /// An unknown option, with the nearest known one.
    pub fn done(self) -> Result<()> {
        match self.given.keys().next() {
            None => Ok(()),
            Some(name) => Err(Error::unknown(ErrorKind::Option, "option", name, &self.known).within(self.function)),
        }
    }
}

/// A number from a script: an integer serves for a float.
pub fn number(value: &Dynamic) -> Option<f64> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(|i| i as f64))
}

/// A value and its type, for messages: `"3" (string)`.
pub fn shown(value: &Dynamic) -> String {
    let text = if value.is_string() { format!("{value:?}") } else { text(value) };
    // Handles are shown as what they hold: `Tensor`, not the path of its Rust type.
    let name =
        value.type_name().rsplit("::").next().unwrap_or_default().trim_end_matches('>').trim_end_matches("Handle");
    match text.chars().count() {
        0..=40 if text != value.type_name() => format!("{text} ({name})"),
        _ => format!("a value of type {name}"),
    }
}
