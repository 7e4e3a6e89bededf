//! The optimizers under their names, and their options as JSON: what scripts write, run folders and checkpoints keep.

use super::{Adam, AdamW, Algorithm, RmsProp, Sgd};
use crate::error::{Error, ErrorKind, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::rc::Rc;

/// One optimizer that can be asked for by name.
pub struct Row {
    pub name: &'static str,
    defaults: fn() -> Value,
    build: fn(Value) -> serde_json::Result<Rc<dyn Algorithm>>,
}

/// A new optimizer is a new file and a new row here.
pub const TABLE: [Row; 4] = [row::<Sgd>("sgd"), row::<Adam>("adam"), row::<AdamW>("adamw"), row::<RmsProp>("rmsprop")];

const fn row<A: Algorithm + Default + Serialize + DeserializeOwned + 'static>(name: &'static str) -> Row {
    Row {
        name,
        defaults: || serde_json::to_value(A::default()).unwrap_or_default(),
        build: |options| Ok(Rc::new(serde_json::from_value::<A>(options)?)),
    }
}

/// The options of optimizer `name` with PyTorch's values.
///
/// # Errors
/// A name that is not in the table.
pub fn defaults(name: &str) -> Result<Map<String, Value>> {
    match (find(name)?.defaults)() {
        Value::Object(options) => Ok(options),
        _ => Ok(Map::new()),
    }
}

/// The optimizer `name` with `options` in place of its defaults; an integer serves for a float.
///
/// # Errors
/// An unknown name or option, with the nearest known one; a value of the wrong type or out of range.
pub fn algorithm(name: &str, options: &Map<String, Value>) -> Result<Rc<dyn Algorithm>> {
    let row = find(name)?;
    let defaults = defaults(name)?;
    for (option, given) in options {
        let Some(default) = defaults.get(option) else {
            let known: Vec<&str> = defaults.keys().map(String::as_str).collect();
            return Err(Error::unknown(ErrorKind::Option, "option", option, &known).within(name));
        };
        if !same_type(default, given) {
            let wanted = match default {
                Value::Bool(_) => "true or false",
                Value::Array(_) => "two numbers, such as [0.9, 0.999]",
                _ => "a number",
            };
            let message = format!("{name}: option `{option}` must be {wanted}, not {given}");
            return Err(Error::new(ErrorKind::Option, message));
        }
    }
    let algorithm = (row.build)(Value::Object(options.clone()))
        .map_err(|cause| Error::new(ErrorKind::Option, format!("{name}: {cause}")))?;
    algorithm.validate()?;
    Ok(algorithm)
}

fn find(name: &str) -> Result<&'static Row> {
    const ROWS: &[Row] = &TABLE;
    ROWS.iter().find(|row| row.name == name).ok_or_else(|| {
        let known: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        Error::unknown(ErrorKind::Value, "optimizer", name, &known)
    })
}

fn same_type(default: &Value, given: &Value) -> bool {
    match (default, given) {
        (Value::Number(_), Value::Number(_)) | (Value::Bool(_), Value::Bool(_)) => true,
        (Value::Array(d), Value::Array(g)) => d.len() == g.len() && d.iter().zip(g).all(|(d, g)| same_type(d, g)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(name: &str, options: Value) -> String {
        algorithm(name, options.as_object().unwrap()).unwrap_err().message
    }

    #[test]
    fn every_row_builds_an_optimizer_that_goes_by_the_name_of_the_row() {
        for row in TABLE {
            let built = algorithm(row.name, &defaults(row.name).unwrap()).unwrap();
            assert_eq!(built.name(), row.name);
        }
    }

    #[test]
    fn an_integer_serves_for_a_float() {
        assert_eq!(algorithm("sgd", json!({"lr": 1}).as_object().unwrap()).unwrap().lr(), 1.0);
    }

    #[test]
    fn what_is_wrong_with_an_option_is_said() {
        assert_eq!(
            refused("adma", json!({})),
            "unknown optimizer `adma`; did you mean `adam`? (known: sgd, adam, adamw, rmsprop)"
        );
        assert_eq!(
            refused("sgd", json!({"momentun": 0.9})),
            "sgd: unknown option `momentun`; did you mean `momentum`? \
             (known: lr, momentum, dampening, weight_decay, nesterov)"
        );
        assert_eq!(
            refused("adam", json!({"betas": 0.9})),
            "adam: option `betas` must be two numbers, such as [0.9, 0.999], not 0.9"
        );
        assert_eq!(
            refused("rmsprop", json!({"centered": 1})),
            "rmsprop: option `centered` must be true or false, not 1"
        );
    }

    #[test]
    fn values_outside_their_range_are_refused() {
        let cases = [
            ("sgd", json!({"lr": -0.1}), "lr"),
            ("sgd", json!({"momentum": -1}), "momentum"),
            ("sgd", json!({"nesterov": true}), "nesterov"),
            ("sgd", json!({"nesterov": true, "momentum": 0.9, "dampening": 0.1}), "nesterov"),
            ("adam", json!({"betas": [1.0, 0.999]}), "first of betas"),
            ("adam", json!({"betas": [0.9, -0.1]}), "second of betas"),
            ("adam", json!({"eps": -1e-8}), "eps"),
            ("adamw", json!({"weight_decay": -0.1}), "weight_decay"),
            ("adamw", json!({"lr": -1}), "lr"),
            ("rmsprop", json!({"alpha": 1.5}), "alpha"),
            ("rmsprop", json!({"momentum": -0.5}), "momentum"),
        ];
        for (name, options, word) in cases {
            let message = refused(name, options);
            assert!(message.starts_with(name) && message.contains(word), "{message}");
        }
    }
}
