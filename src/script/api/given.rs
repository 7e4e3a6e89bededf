//! The options that a script gives to what stands in a table.

use super::handles::TensorHandle;
use crate::error::Result;
use crate::ml::options::ReadOptions;
use crate::script::base::options::Options;
use rhai::Map;
use tch::Tensor;

pub struct Given(pub Options);

impl Given {
    /// Lets `read` take its options out of `given`, and refuses what it leaves.
    ///
    /// # Errors
    /// Those of `read`; an unknown option, with the nearest known one.
    pub fn read<T>(
        function: &'static str,
        given: Map,
        read: impl FnOnce(&mut dyn ReadOptions) -> Result<T>,
    ) -> Result<T> {
        let mut options = Given(Options::new(function, given));
        let made = read(&mut options)?;
        options.0.done()?;
        Ok(made)
    }
}

impl ReadOptions for Given {
    fn number(&mut self, name: &'static str, default: f64) -> Result<f64> {
        self.0.number(name, default)
    }

    fn optional_number(&mut self, name: &'static str) -> Result<Option<f64>> {
        self.0.optional_number(name)
    }

    fn integer_or(&mut self, name: &'static str, default: i64, word: &'static str) -> Result<Option<i64>> {
        self.0.integer_or(name, default, word)
    }

    fn optional_integer(&mut self, name: &'static str) -> Result<Option<i64>> {
        self.0.optional_integer(name)
    }

    fn boolean(&mut self, name: &'static str, default: bool) -> Result<bool> {
        self.0.boolean(name, default)
    }

    fn string(&mut self, name: &'static str, default: &str) -> Result<String> {
        self.0.string(name, default)
    }

    fn tensor(&mut self, name: &'static str) -> Result<Option<Tensor>> {
        Ok(self.0.handle::<TensorHandle>(name, "a tensor")?.map(|t| t.shallow_clone()))
    }
}
