//! Whether a difference is more than chance.

use super::assert::numbers;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::statistics;
use crate::script::base::ScriptResult;
use crate::script::base::options::{Options, shown};
use rhai::{Dynamic, Map, plugin::*};

/// Finite numbers of an array or a tensor, at least `least` of them.
fn finite(function: &str, from: &Dynamic, least: usize) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    if !numbers(from, &mut all) {
        return Err(Error::value(format!("{function} takes an array or a tensor of numbers, got {}", shown(from))));
    }
    if let Some(value) = all.iter().find(|value| !value.is_finite()) {
        return Err(Error::value(format!("{function}: {value} is among the values")));
    }
    match all.len() < least {
        true => Err(Error::value(format!("{function} takes at least {least} values, got {}", all.len()))),
        false => Ok(all),
    }
}

fn level(options: &mut Options) -> Result<f64> {
    let level = options.number("level", 0.95)?;
    match level > 0.0 && level < 1.0 {
        true => Ok(level),
        false => Err(Error::value(format!("level is a share between 0 and 1, such as 0.95, got {level}"))),
    }
}

fn mean(all: &[f64]) -> f64 {
    statistics::mean_and_deviation(all).map_or(f64::NAN, |(mean, _)| mean)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Compares two classifiers on the same rows by McNemar's test. `first` and `second` say of each row whether it was classified rightly (1, true) or not. Gives `#{ both,
    /// first, second, neither, p }`: how many rows both, only the first, only the second and none of them got right; and how probable it is that two equally good ones
    /// differ at least as much (exact, two-sided).
    ///
    /// Errors: other numbers of rows, none, or values that are neither 0 nor 1.
    ///
    /// ```rhai
    /// let found = mcnemar([1, 1, 0, 1, 1, 1, 0], [0, 0, 0, 1, 0, 0, 0]);
    /// assert_eq([found.both, found.first, found.second, found.neither], [1, 4, 0, 2]);
    /// assert_eq(found.p, 0.125);
    /// ```
    #[rhai_fn(name = "mcnemar", return_raw)]
    pub fn compare_right(first: Dynamic, second: Dynamic) -> ScriptResult<Map> {
        let (first, second) = (finite("mcnemar", &first, 1)?, finite("mcnemar", &second, 1)?);
        if first.len() != second.len() {
            let message = format!("mcnemar compares the same rows, got {} and {}", first.len(), second.len());
            return Err(Error::new(ErrorKind::Shape, message).into());
        }
        if let Some(value) = first.iter().chain(&second).find(|value| ![0.0, 1.0].contains(*value)) {
            return Err(Error::value(format!(
                "mcnemar takes 1 for a row that is right and 0 for another, got {value}"
            ))
            .into());
        }
        let count = |a: f64, b: f64| first.iter().zip(&second).filter(|pair| pair == &(&a, &b)).count() as i64;
        let (only_first, only_second) = (count(1.0, 0.0), count(0.0, 1.0));
        let p = statistics::mcnemar(only_first as u64, only_second as u64);
        let whole = Dynamic::from_int;
        let parts = [
            ("both", whole(count(1.0, 1.0))),
            ("first", whole(only_first)),
            ("second", whole(only_second)),
            ("neither", whole(count(0.0, 0.0))),
            ("p", p.into()),
        ];
        Ok(parts.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The mean of some values, and where it lies by chance: `#{ mean, low, high }`, between which lie the means of the share `level` of resamples (percentile bootstrap). Of two
    /// classifiers on the same rows, give the differences row by row. The same `seed` gives the same numbers, and no other randomness is touched.
    ///
    /// Options: `samples` 10000, `level` 0.95, `seed` 1.
    ///
    /// ```rhai
    /// let found = bootstrap([0, 0, 1, 1, 1, 1, 1, 1], #{ samples: 1000 });
    /// assert(found.mean == 0.75 && found.low < 0.6 && found.high > 0.9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bootstrap(values: Dynamic) -> ScriptResult<Map> {
        bootstrap_with(values, Map::new())
    }

    #[rhai_fn(name = "bootstrap", return_raw)]
    pub fn bootstrap_with(values: Dynamic, options: Map) -> ScriptResult<Map> {
        let all = finite("bootstrap", &values, 1)?;
        let mut options = Options::new("bootstrap", options);
        let samples = options.integer("samples", 10_000)?;
        let seed = options.integer("seed", 1)?;
        let level = level(&mut options)?;
        options.done()?;
        if !(1..=10_000_000).contains(&samples) {
            return Err(Error::value(format!("bootstrap takes 1 to 10,000,000 samples, got {samples}")).into());
        }
        let (low, high) = statistics::bootstrap(&all, samples as usize, level, seed as u64).unwrap_or_default();
        Ok(Map::from([("mean".into(), mean(&all).into()), ("low".into(), low.into()), ("high".into(), high.into())]))
    }

    /// The mean of some values and where that of all such values lies: `#{ mean, deviation, low, high }`, with the confidence `level`, by Student's t. For the few values
    /// that seeds give; of two settings over the same seeds, give the differences. `deviation` is that of a sample.
    ///
    /// Errors: fewer than two values.
    ///
    /// ```rhai
    /// let found = t_interval([1, 2, 3, 4]);
    /// assert_close([found.mean, found.deviation, found.low, found.high], [2.5, 1.290994, 0.445740, 4.554260], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn t_interval(values: Dynamic) -> ScriptResult<Map> {
        t_interval_with(values, Map::new())
    }

    /// With options: `level` 0.95.
    #[rhai_fn(name = "t_interval", return_raw)]
    pub fn t_interval_with(values: Dynamic, options: Map) -> ScriptResult<Map> {
        let all = finite("t_interval", &values, 2)?;
        let mut options = Options::new("t_interval", options);
        let level = level(&mut options)?;
        options.done()?;
        let deviation = statistics::mean_and_deviation(&all).and_then(|(_, deviation)| deviation).unwrap_or(f64::NAN);
        let (low, high) = statistics::t_interval(&all, level).unwrap_or((f64::NAN, f64::NAN));
        let parts = [("mean", mean(&all)), ("deviation", deviation), ("low", low), ("high", high)];
        Ok(parts.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
