//! Errors that are the command line's fault.

use crate::error::Error;
use crate::script::Failure;

pub fn usage(error: Error) -> Failure {
    Failure::Usage(error.message)
}
