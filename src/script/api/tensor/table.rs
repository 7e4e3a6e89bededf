//! Families of alike functions are tables: a row holds the name, the doc and the function, so that the documentation
//! cannot fall behind.

use crate::ml::tensor::{During, with_scalar};
use crate::script::ScriptResult;
use crate::script::api::handles::TensorHandle;
use rhai::{FnNamespace, FuncRegistration};
use tch::{TchError, Tensor};

/// Name, doc, example, and what it does.
pub type Row<F> = (&'static str, &'static str, &'static str, F);

/// A function with its doc. `parameters` end with the type of what comes back.
pub fn function(name: &str, doc: &str, example: &str, parameters: &[&str]) -> FuncRegistration {
    let mut lines: Vec<String> = doc.lines().map(|line| format!("/// {line}")).collect();
    lines.push("///\n/// ```rhai".to_string());
    lines.extend(example.lines().map(|line| format!("/// {line}")));
    lines.push("/// ```".to_string());
    another_form(name, parameters).with_comments([lines.join("\n")])
}

/// One more way to call a function that has its doc already.
pub fn another_form(name: &str, parameters: &[&str]) -> FuncRegistration {
    FuncRegistration::new(name).with_namespace(FnNamespace::Global).with_params_info(parameters)
}

/// As [`done`], for calls that take a number.
pub fn done_with_scalar(
    call: impl FnOnce() -> Result<Tensor, TchError>,
    operation: &str,
    given: &[&Tensor],
) -> ScriptResult<TensorHandle> {
    done(with_scalar(call), operation, given)
}

/// What libtorch made, or its error with the operation and what it was given.
pub fn done(result: Result<Tensor, TchError>, operation: &str, given: &[&Tensor]) -> ScriptResult<TensorHandle> {
    Ok(result.during(operation, given)?.into())
}
