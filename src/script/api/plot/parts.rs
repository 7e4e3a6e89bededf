//! A curve of numbers, or of the parts of a series, `#{ x, y, low, high, error, style }`.

use super::read::values;
use crate::error::{Error, ErrorKind, Result, choose};
use crate::ml::plot::{Series, Style};
use crate::script::base::options::{number, shown};
use rhai::{Dynamic, Map};

/// Up to this many points each is marked.
const MARKED: usize = 40;

/// What a series can be made of.
const PARTS: [&str; 6] = ["x", "y", "low", "high", "error", "style"];

/// How its points are shown.
const STYLES: [(&str, Style); 4] =
    [("line", Style::Line), ("points", Style::Points), ("both", Style::Both), ("dashed", Style::Dashed)];

/// Where something lies: from the lower to the higher of each pair.
type Pairs = Vec<(f64, f64)>;

/// A curve of numbers, or of a map of parts.
///
/// # Errors
/// Another part; what is no number; parts of different lengths.
pub fn of_numbers(name: &str, value: &Dynamic) -> Result<Series> {
    match value.read_lock::<Map>() {
        Some(parts) => of_parts(name, &parts),
        None => Ok(counted(name.to_string(), values(name, value)?)),
    }
}

fn of_parts(name: &str, parts: &Map) -> Result<Series> {
    if let Some(key) = parts.keys().find(|key| !PARTS.contains(&key.as_str())) {
        return Err(
            Error::unknown(ErrorKind::Option, &format!("part of the series `{name}`"), key, &PARTS).within("plot")
        );
    }
    let given = |key: &str| parts.get(key).filter(|value| !value.is_unit());
    let part = |key: &str| {
        let part = given(key).ok_or_else(|| Error::value(format!("plot: series `{name}` has no `{key}`")))?;
        values(&format!("{key}` of `{name}"), part)
    };
    let y = part("y")?;
    let x = if given("x").is_some() { part("x")? } else { places(y.len()) };
    let around = match (given("low"), given("high")) {
        (None, None) => None,
        _ => Some(pairs(name, part("low")?, part("high")?)?),
    };
    let (band, bars) = match given("error").map(|value| (value, value.as_bool())) {
        None | Some((_, Ok(false))) => (around.unwrap_or_default(), Vec::new()),
        Some((_, Ok(true))) => (Vec::new(), around.ok_or_else(|| no_ends(name))?),
        Some((value, Err(_))) => (around.unwrap_or_default(), symmetric(name, value, &y)?),
    };
    let series = Series { band, bars, ..curve(name.to_string(), x, y) };
    Ok(match given("style") {
        Some(value) => series.with_style(style(name, value)?),
        None => series,
    })
}

fn no_ends(name: &str) -> Error {
    let message = format!("plot: `error: true` of `{name}` draws bars from `low` to `high`, which it does not have");
    Error::new(ErrorKind::Option, message)
}

fn pairs(name: &str, low: Vec<f64>, high: Vec<f64>) -> Result<Pairs> {
    if low.len() != high.len() {
        let message = format!("plot: series `{name}` has {} low and {} high values", low.len(), high.len());
        return Err(Error::new(ErrorKind::Shape, message));
    }
    Ok(low.into_iter().zip(high).collect())
}

/// Bars to both sides of each y, all of one length or each of its own.
fn symmetric(name: &str, value: &Dynamic, y: &[f64]) -> Result<Pairs> {
    let lengths = match number(value) {
        Some(length) => vec![length; y.len()],
        None => values(&format!("error` of `{name}"), value)?,
    };
    if lengths.len() != y.len() {
        let message = format!("plot: series `{name}` has {} y values and {} errors", y.len(), lengths.len());
        return Err(Error::new(ErrorKind::Shape, message));
    }
    if let Some(length) = lengths.iter().find(|length| **length < 0.0) {
        let message =
            format!("plot: `error` of `{name}` says how far bars reach to both sides, at least 0, got {length}");
        return Err(Error::value(message));
    }
    Ok(y.iter().zip(lengths).map(|(y, length)| (y - length, y + length)).collect())
}

fn style(name: &str, value: &Dynamic) -> Result<Style> {
    let Ok(word) = value.clone().into_string() else {
        let message = format!("plot: `style` of `{name}` is a word such as \"points\", got {}", shown(value));
        return Err(Error::new(ErrorKind::Option, message));
    };
    choose(&STYLES, &word, ErrorKind::Option, &format!("style of `{name}`")).map_err(|e| e.within("plot"))
}

/// 1, 2, 3 ….
fn places(n: usize) -> Vec<f64> {
    (1..=n).map(|i| i as f64).collect()
}

/// A curve over 1, 2, 3 ….
pub fn counted(name: String, y: Vec<f64>) -> Series {
    curve(name, places(y.len()), y)
}

pub fn curve(name: String, x: Vec<f64>, y: Vec<f64>) -> Series {
    let style = if x.len() <= MARKED { Style::Both } else { Style::Line };
    Series::new(name, x, y).with_style(style)
}
