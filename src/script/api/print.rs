//! Several values in one line: what these functions give, the interpreter prints.

use crate::script::base::ScriptResult;
use rhai::{Dynamic, ImmutableString, NativeCallContext, plugin::*};

/// As `print` shows one.
fn shown(context: &NativeCallContext, value: Dynamic) -> String {
    let text = context.call_native_fn::<ImmutableString>("to_string", (value.clone(),));
    text.map_or_else(|_| value.to_string(), |text| text.to_string())
}

fn line<const N: usize>(context: &NativeCallContext, values: [Dynamic; N]) -> ScriptResult<String> {
    Ok(values.map(|value| shown(context, value)).join(" "))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Prints several values in one line, with a space between them.
    ///
    /// ```rhai
    /// print("accuracy", 0.875, [1, 2]);
    /// ```
    #[rhai_fn(name = "print", return_raw)]
    pub fn print_two(context: NativeCallContext, a: Dynamic, b: Dynamic) -> ScriptResult<String> {
        line(&context, [a, b])
    }

    #[rhai_fn(name = "print", return_raw)]
    pub fn print_three(context: NativeCallContext, a: Dynamic, b: Dynamic, c: Dynamic) -> ScriptResult<String> {
        line(&context, [a, b, c])
    }

    #[rhai_fn(name = "print", return_raw)]
    pub fn print_four(
        context: NativeCallContext,
        a: Dynamic,
        b: Dynamic,
        c: Dynamic,
        d: Dynamic,
    ) -> ScriptResult<String> {
        line(&context, [a, b, c, d])
    }

    #[rhai_fn(name = "print", return_raw)]
    pub fn print_five(
        context: NativeCallContext,
        a: Dynamic,
        b: Dynamic,
        c: Dynamic,
        d: Dynamic,
        e: Dynamic,
    ) -> ScriptResult<String> {
        line(&context, [a, b, c, d, e])
    }

    #[rhai_fn(name = "print", return_raw)]
    pub fn print_six(
        context: NativeCallContext,
        a: Dynamic,
        b: Dynamic,
        c: Dynamic,
        d: Dynamic,
        e: Dynamic,
        f: Dynamic,
    ) -> ScriptResult<String> {
        line(&context, [a, b, c, d, e, f])
    }
}
