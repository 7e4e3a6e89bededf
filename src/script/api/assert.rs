//! What tests and examples say must hold.

use crate::error::Error;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{
    ScriptResult,
    error::message_of,
    nesting::{DEEPEST, deeper, text},
    options::number,
};
use rhai::{Array, Dynamic, EvalAltResult, FnPtr, NativeCallContext, plugin::*};
use tch::Kind;

fn failed(message: String) -> Box<EvalAltResult> {
    Error::value(format!("assertion failed: {message}")).into()
}

fn shown(value: &Dynamic) -> String {
    if value.is_string() { format!("{value:?}") } else { text(value) }
}

/// The numbers in a number, a nested array or a tensor, in order.
pub fn numbers(value: &Dynamic, into: &mut Vec<f64>) -> bool {
    if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
        let flat = tensor.f_to_kind(Kind::Double).and_then(|t| t.f_reshape([-1])).map(Vec::<f64>::try_from);
        return match flat {
            Ok(Ok(flat)) => {
                into.extend(flat);
                true
            }
            _ => false,
        };
    }
    let Ok(_level) = deeper(DEEPEST) else { return false };
    if let Some(array) = value.read_lock::<Array>() {
        return array.iter().all(|v| numbers(v, into));
    }
    number(value).map(|n| into.push(n)).is_some()
}

fn equal(context: &NativeCallContext, a: &Dynamic, b: &Dynamic) -> ScriptResult<bool> {
    match (a.clone().try_cast::<TensorHandle>(), b.clone().try_cast::<TensorHandle>()) {
        (Some(a), Some(b)) => Ok(a.size() == b.size() && a.f_equal(&b).map_err(Error::from)?),
        _ => context.call_fn::<bool>("==", (a.clone(), b.clone())),
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Fails unless `condition` is true.
    ///
    /// ```rhai
    /// assert(1 + 1 == 2);
    /// assert(1 < 2, "one is less than two");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert(condition: bool) -> ScriptResult<()> {
        if condition { Ok(()) } else { Err(failed("the condition is false".into())) }
    }

    /// Fails with `message` unless `condition` is true.
    #[rhai_fn(name = "assert", return_raw)]
    pub fn assert_message(condition: bool, message: &str) -> ScriptResult<()> {
        if condition { Ok(()) } else { Err(failed(message.into())) }
    }

    /// Fails unless `actual` equals `expected`; tensors must have the same shape and the same elements.
    ///
    /// ```rhai
    /// assert_eq([1, 2].len(), 2);
    /// assert_eq(zeros([2]), zeros([2]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_eq(context: NativeCallContext, actual: Dynamic, expected: Dynamic) -> ScriptResult<()> {
        if equal(&context, &actual, &expected)? {
            return Ok(());
        }
        Err(failed(format!("got {}, expected {}", shown(&actual), shown(&expected))))
    }

    /// Fails unless each number in `actual` is within `tolerance` of that in `expected`; both may be numbers, arrays
    /// of numbers, or tensors. The tolerance is absolute.
    ///
    /// ```rhai
    /// assert_close(0.1 + 0.2, 0.3, 1e-12);
    /// assert_close(zeros([2]), [0.0, 1e-9], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_close(actual: Dynamic, expected: Dynamic, tolerance: Dynamic) -> ScriptResult<()> {
        let (mut a, mut e) = (Vec::new(), Vec::new());
        let numeric = numbers(&actual, &mut a) && numbers(&expected, &mut e);
        let tolerance = number(&tolerance).unwrap_or(0.0);
        let close = |(a, e): (&f64, &f64)| (a - e).abs() <= tolerance || a == e || (a.is_nan() && e.is_nan());
        if numeric && a.len() == e.len() && a.iter().zip(&e).all(close) {
            return Ok(());
        }
        Err(failed(format!("got {}, expected {} within {tolerance}", shown(&actual), shown(&expected))))
    }

    /// Fails unless calling `f` raises an error whose message holds `text`.
    ///
    /// ```rhai
    /// assert_throws(|| throw "no such file", "such file");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_throws(context: NativeCallContext, f: FnPtr, text: &str) -> ScriptResult<()> {
        match f.call_within_context::<Dynamic>(&context, ()) {
            Ok(value) => Err(failed(format!("expected an error with \"{text}\", got {}", shown(&value)))),
            Err(error) => {
                let message = match error.unwrap_inner() {
                    EvalAltResult::ErrorRuntime(thrown, _) => message_of(thrown),
                    other => other.to_string(),
                };
                if message.contains(text) {
                    return Ok(());
                }
                Err(failed(format!("expected an error with \"{text}\", got \"{message}\"")))
            }
        }
    }
}
