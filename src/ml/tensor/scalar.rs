//! Calls of libtorch that take a number.
//!
//! tch 0.26 frees the number before it reads libtorch's error. The release then finds that error, and panics with it:
//! any such call that fails would end the program, though its name begins with `f_`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use tch::TchError;

/// Makes a call that takes a `Scalar`, such as `x.f_add_scalar(2)`, and gives its error as other calls do.
///
/// # Errors
/// Those of libtorch.
pub fn with_scalar<T>(call: impl FnOnce() -> Result<T, TchError>) -> Result<T, TchError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map_or("libtorch failed", String::as_str);
        Err(TchError::Torch(error_in(text)))
    })
}

/// libtorch's error in the text of an `unwrap`: `… value: Torch("ZeroDivisionError\nException raised …")`.
fn error_in(panic: &str) -> String {
    let error = panic.split_once("Torch(\"").map_or(panic, |(_, error)| error);
    let error = error.trim_end_matches("\")");
    error.replace("\\n", "\n").replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::tensor::During;
    use tch::Tensor;

    #[test]
    fn a_failing_call_with_a_number_is_an_error_and_no_panic() {
        let x = Tensor::from_slice(&[5_i64]);
        let e = with_scalar(|| x.f_remainder(0)).during("remainder", &[&x]).unwrap_err();
        assert_eq!(e.message, "remainder of [1] int64: an integer divided by zero");
        assert!(x.f_add(&x).is_ok(), "nothing of the error stays behind");
    }
}
