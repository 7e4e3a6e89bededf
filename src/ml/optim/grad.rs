//! Gradients that are dropped.

use crate::error::{Error, Result};
use crate::ml::tensor::describe;
use std::ffi::c_void;
use tch::Tensor;

unsafe extern "C" {
    fn imdbsh_drop_grad(tensor: *mut c_void) -> bool;
}

/// Takes a parameter's gradient away, as PyTorch's `zero_grad` does: what the next loss does not reach then has none, and no optimizer moves it. A
/// handle on the gradient keeps its numbers.
///
/// # Errors
/// Whatever libtorch refuses.
pub fn zero_grad(param: &Tensor) -> Result<()> {
    // SAFETY: the pointer is that of a tensor of libtorch's, which `param` holds, and no reference into its gradient is kept anywhere.
    match unsafe { imdbsh_drop_grad(param.as_ptr().cast_mut().cast()) } {
        true => Ok(()),
        false => Err(Error::value(format!("zero_grad: {} has a gradient that cannot be dropped", describe(param)))),
    }
}
