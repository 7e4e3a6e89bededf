//! Families of alike functions of tensors are tables.

pub use crate::script::api::row::{another_form, function};

use crate::ml::tensor::{During, with_scalar};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use tch::{TchError, Tensor};

/// Name, doc, example, and what it does.
pub type Row<F> = (&'static str, &'static str, &'static str, F);

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
