//! What these functions read and give.

use crate::error::{Error, Result};
use crate::script::base::options::shown;
use rhai::Array;

/// The place that a script means by `index`, which counts from the end where it is negative.
pub fn place(what: &str, index: i64, length: usize) -> Result<usize> {
    let at = if index < 0 { index + length as i64 } else { index };
    usize::try_from(at)
        .ok()
        .filter(|at| *at < length)
        .ok_or_else(|| Error::value(format!("{what} {index} of {length}")))
}

/// A number that counts something.
pub fn size(function: &str, name: &str, value: i64) -> Result<usize> {
    usize::try_from(value).map_err(|_| Error::value(format!("{function}: {name} must be at least 0, got {value}")))
}

/// An array of strings.
pub fn strings<'a>(all: impl IntoIterator<Item = &'a str>) -> Array {
    all.into_iter().map(|text| text.to_string().into()).collect()
}

/// The numbers in an array of integers.
pub fn integers(function: &str, array: &Array) -> Result<Vec<i64>> {
    let read: Option<Vec<i64>> = array.iter().map(|id| id.as_int().ok()).collect();
    read.ok_or_else(|| {
        Error::value(format!("{function} takes an array of integers, got {}", shown(&array.clone().into())))
    })
}
