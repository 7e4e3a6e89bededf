//! How an optimizer is listed: its name, its help, and its options as JSON.

use super::Algorithm;
use crate::error::{Error, ErrorKind, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::rc::Rc;

/// One optimizer that can be asked for by name.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    /// What the help says of it.
    pub doc: &'static str,
    /// Lines of a script that use it; a test runs them.
    pub example: &'static str,
    defaults: fn() -> Value,
    build: fn(Value) -> serde_json::Result<Rc<dyn Algorithm>>,
}

impl Row {
    /// The row of `A`, whose fields are its options.
    pub const fn new<A: Algorithm + Default + Serialize + DeserializeOwned + 'static>(
        name: &'static str,
        doc: &'static str,
        example: &'static str,
    ) -> Row {
        Row {
            name,
            doc,
            example,
            defaults: || serde_json::to_value(A::default()).unwrap_or_default(),
            build: |options| Ok(Rc::new(serde_json::from_value::<A>(options)?)),
        }
    }

    /// The options with PyTorch's values.
    pub fn defaults(&self) -> Map<String, Value> {
        match (self.defaults)() {
            Value::Object(options) => options,
            _ => Map::new(),
        }
    }

    /// The optimizer with `options` in place of its defaults; an integer serves for a float.
    ///
    /// # Errors
    /// An unknown option, with the nearest known one; a value of the wrong type or out of range.
    pub fn algorithm(&self, options: &Map<String, Value>) -> Result<Rc<dyn Algorithm>> {
        let name = self.name;
        let defaults = self.defaults();
        for (option, given) in options {
            let Some(default) = defaults.get(option) else {
                let known: Vec<&str> = defaults.keys().map(String::as_str).collect();
                return Err(Error::unknown(ErrorKind::Option, "option", option, &known).within(name));
            };
            if !same_type(default, given) {
                let wanted = match default {
                    Value::Bool(_) => "true or false".to_string(),
                    Value::String(_) => format!("a text, such as {default}"),
                    Value::Array(numbers) if numbers.len() == 2 => "two numbers, such as [0.9, 0.999]".into(),
                    Value::Array(numbers) => format!("{} numbers, such as {default}", numbers.len()),
                    _ => "a number".into(),
                };
                let message = format!("{name}: option `{option}` must be {wanted}, not {given}");
                return Err(Error::new(ErrorKind::Option, message));
            }
        }
        let algorithm = (self.build)(Value::Object(options.clone()))
            .map_err(|cause| Error::new(ErrorKind::Option, format!("{name}: {cause}")))?;
        algorithm.validate()?;
        Ok(algorithm)
    }
}

fn same_type(default: &Value, given: &Value) -> bool {
    match (default, given) {
        (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::String(_), Value::String(_)) => true,
        (Value::Array(d), Value::Array(g)) => d.len() == g.len() && d.iter().zip(g).all(|(d, g)| same_type(d, g)),
        _ => false,
    }
}
