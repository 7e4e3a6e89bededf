//! Options of a training, as the listeners read them. They can be set to anything at any time; one that is not there switches off.

use super::super::View;
use crate::error::{Error, ErrorKind, Result};
use serde_json::Value;

/// # Errors
/// Neither true nor false.
pub fn truth(at: &dyn View, name: &str) -> Result<bool> {
    read(at, name, false, "true or false", Value::as_bool)
}

/// # Errors
/// No integer.
pub fn integer(at: &dyn View, name: &str) -> Result<i64> {
    read(at, name, 0, "an integer", Value::as_i64)
}

/// # Errors
/// No number.
pub fn number(at: &dyn View, name: &str) -> Result<f64> {
    read(at, name, f64::INFINITY, "a number", Value::as_f64)
}

fn read<T>(at: &dyn View, name: &str, absent: T, what: &str, as_it: fn(&Value) -> Option<T>) -> Result<T> {
    let value = at.option(name);
    if value.is_null() {
        return Ok(absent);
    }
    as_it(&value)
        .ok_or_else(|| Error::new(ErrorKind::Option, format!("train::fit: option `{name}` takes {what}, got {value}")))
}
