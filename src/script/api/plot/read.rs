//! What a script hands to a plot, in plain values.

use super::super::assert::numbers;
use crate::error::{Error, ErrorKind, Result};
use crate::script::base::options::{Options, shown};
use rhai::Dynamic;

/// A string, or an array of strings.
pub fn strings(options: &mut Options, name: &'static str) -> Result<Vec<String>> {
    let Some(value) = options.take(name) else { return Ok(Vec::new()) };
    let array = value.clone().into_array().unwrap_or_else(|_| vec![value.clone()]);
    array.into_iter().map(Dynamic::into_string).collect::<std::result::Result<_, _>>().map_err(|_| {
        let message = format!("plot: option `{name}` takes a string or an array of strings, got {}", shown(&value));
        Error::new(ErrorKind::Option, message)
    })
}

/// Numbers in an array or a tensor.
pub fn values(name: &str, from: &Dynamic) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    match numbers(from, &mut all) {
        true => Ok(all),
        false => {
            Err(Error::value(format!("plot: `{name}` takes an array or a tensor of numbers, got {}", shown(from))))
        }
    }
}
