//! Figures of arrays of numbers.

use crate::error::Error;
use crate::ml::statistics;
use crate::script::base::ScriptResult;
use crate::script::base::options::{number, shown};
use rhai::{Array, Dynamic, plugin::*};

fn numbers(function: &str, array: &Array) -> ScriptResult<Vec<f64>> {
    let one = |value: &Dynamic| {
        number(value)
            .ok_or_else(|| Error::value(format!("{function} takes an array of numbers, and {} is none", shown(value))))
    };
    Ok(array.iter().map(one).collect::<Result<_, _>>()?)
}

/// # Errors
/// No numbers.
fn some(function: &str, array: &Array) -> ScriptResult<Vec<f64>> {
    match numbers(function, array)? {
        none if none.is_empty() => Err(Error::value(format!("{function} of an array without elements")).into()),
        all => Ok(all),
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A number as it is: of what may be a number or a tensor of one element, `.item()` is the value.
    ///
    /// ```rhai
    /// assert_eq([(0.5).item(), tensor(0.5).item()], [0.5, 0.5]);
    /// ```
    #[rhai_fn(name = "item")]
    pub fn item_of_float(x: f64) -> f64 {
        x
    }

    #[rhai_fn(name = "item")]
    pub fn item_of_int(n: i64) -> i64 {
        n
    }

    /// The sum of an array of numbers: whole where all are whole, 0 of none.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 3].sum(), 6);
    /// assert_eq([0.5, 1].sum(), 1.5);
    /// ```
    #[rhai_fn(name = "sum", return_raw, pure)]
    pub fn sum_of_array(array: &mut Array) -> ScriptResult<Dynamic> {
        let whole = array.iter().map(Dynamic::as_int).collect::<Result<Vec<i64>, _>>().ok();
        match whole.and_then(|all| all.into_iter().try_fold(0_i64, i64::checked_add)) {
            Some(sum) => Ok(sum.into()),
            None => Ok(numbers("sum", array)?.iter().sum::<f64>().into()),
        }
    }

    /// The mean of an array of numbers.
    ///
    /// Errors: no elements, or one that is no number.
    ///
    /// ```rhai
    /// assert_eq([1, 2, 6].mean(), 3.0);
    /// assert_throws(|| [].mean(), "without elements");
    /// ```
    #[rhai_fn(name = "mean", return_raw, pure)]
    pub fn mean_of_array(array: &mut Array) -> ScriptResult<f64> {
        let all = some("mean", array)?;
        Ok(all.iter().sum::<f64>() / all.len() as f64)
    }

    /// The standard deviation of an array of numbers, as of a sample: divided by one less than there are, as `std` of a tensor.
    ///
    /// Errors: fewer than two elements, or one that is no number.
    ///
    /// ```rhai
    /// assert_close([1, 2, 3].std(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(name = "std", return_raw, pure)]
    pub fn std_of_array(array: &mut Array) -> ScriptResult<f64> {
        let all = some("std", array)?;
        match statistics::mean_and_deviation(&all) {
            Some((_, Some(deviation))) => Ok(deviation),
            _ => Err(Error::value("std takes at least two numbers, got 1").into()),
        }
    }

    /// A number with so many digits behind the point, the nearest one; halves go away from zero.
    ///
    /// ```rhai
    /// assert_eq(round(0.8765, 2), 0.88);
    /// assert_eq(round(1234.5, -2), 1200.0);
    /// ```
    #[rhai_fn(name = "round", return_raw)]
    pub fn round_to_digits(x: Dynamic, digits: i64) -> ScriptResult<f64> {
        let value = number(&x).ok_or_else(|| Error::value(format!("round takes a number, got {}", shown(&x))))?;
        let digits = digits.clamp(-300, 300) as i32;
        if digits >= 0 {
            // By way of the decimal text, which no power of ten spoils.
            let rounded = (value * 10_f64.powi(digits)).round() / 10_f64.powi(digits);
            return Ok(if rounded.is_finite() { rounded } else { value });
        }
        let unit = 10_f64.powi(-digits);
        Ok((value / unit).round() * unit)
    }
}
