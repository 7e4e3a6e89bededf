//! Options of what stands in tables, whoever holds them.

use crate::error::Result;
use tch::Tensor;

/// Options by name: the script layer's maps. A layer or loss reads each of its options once; what was given and not read is
/// refused then, with the nearest that was.
pub trait ReadOptions {
    /// A number; an integer serves for a float.
    ///
    /// # Errors
    /// Here and below: a value of another type.
    fn number(&mut self, name: &'static str, default: f64) -> Result<f64>;

    fn optional_number(&mut self, name: &'static str) -> Result<Option<f64>>;

    fn integer(&mut self, name: &'static str, default: i64) -> Result<i64> {
        Ok(self.optional_integer(name)?.unwrap_or(default))
    }

    fn optional_integer(&mut self, name: &'static str) -> Result<Option<i64>>;

    /// None where it is the `word`.
    fn integer_or(&mut self, name: &'static str, default: i64, word: &'static str) -> Result<Option<i64>>;

    fn boolean(&mut self, name: &'static str, default: bool) -> Result<bool>;

    fn string(&mut self, name: &'static str, default: &str) -> Result<String>;

    fn tensor(&mut self, name: &'static str) -> Result<Option<Tensor>>;
}

/// No options at all; keeps the names that were asked for.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Defaults {
    pub names: Vec<&'static str>,
}

#[cfg(test)]
impl ReadOptions for Defaults {
    fn number(&mut self, name: &'static str, default: f64) -> Result<f64> {
        self.names.push(name);
        Ok(default)
    }

    fn optional_number(&mut self, name: &'static str) -> Result<Option<f64>> {
        self.names.push(name);
        Ok(None)
    }

    fn integer_or(&mut self, name: &'static str, default: i64, _: &'static str) -> Result<Option<i64>> {
        self.names.push(name);
        Ok(Some(default))
    }

    fn optional_integer(&mut self, name: &'static str) -> Result<Option<i64>> {
        self.names.push(name);
        Ok(None)
    }

    fn boolean(&mut self, name: &'static str, default: bool) -> Result<bool> {
        self.names.push(name);
        Ok(default)
    }

    fn string(&mut self, name: &'static str, default: &str) -> Result<String> {
        self.names.push(name);
        Ok(default.to_string())
    }

    fn tensor(&mut self, name: &'static str) -> Result<Option<Tensor>> {
        self.names.push(name);
        Ok(None)
    }
}
