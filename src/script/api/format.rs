//! Numbers as text.

use crate::error::Error;
use crate::ml::tensor::During;
use crate::script::{
    api::handles::TensorHandle,
    base::{
        ScriptResult,
        options::{number, shown},
    },
};
use rhai::{Dynamic, Engine, exported_module, plugin::*};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(api).into());
}

fn read(function: &str, x: &Dynamic) -> ScriptResult<f64> {
    if let Some(tensor) = x.read_lock::<TensorHandle>().filter(|t| t.numel() == 1) {
        return Ok(tensor.f_double_value(&vec![0; tensor.dim()]).during(function, &[&tensor])?);
    }
    number(x).ok_or_else(|| Error::value(format!("{function} takes a number, got {}", shown(x))).into())
}

#[export_module(root = "crate::script::base::guard")]
mod api {
    /// A number, or a tensor of one element, with a fixed count of digits (0 to 20) behind the point.
    ///
    /// ```rhai
    /// assert_eq(fixed(0.69315, 3), "0.693");
    /// assert_eq(fixed(tensor([0.5]).mean(), 3), "0.500");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn fixed(x: Dynamic, digits: i64) -> ScriptResult<String> {
        let digits = digits.clamp(0, 20) as usize;
        Ok(format!("{:.digits$}", read("fixed", &x)?))
    }

    /// A number, or a tensor of one element, with three significant digits, in scientific notation where that is shorter.
    ///
    /// ```rhai
    /// assert_eq(short(0.00015), "1.5e-4");
    /// assert_eq(short(0.03), "0.03");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn short(x: Dynamic) -> ScriptResult<String> {
        let x = read("short", &x)?;
        let scientific = format!("{x:.2e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if !x.is_finite() || (-2..4).contains(&exponent) {
            let places = (2 - exponent).clamp(0, 4) as usize;
            let text = format!("{x:.places$}");
            return Ok(if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_string()
            } else {
                text
            });
        }
        let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
        Ok(format!("{digits}e{exponent}"))
    }
}
