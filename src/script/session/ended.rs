//! What the end of a script is to its runs.

use crate::ml::run::End;
use crate::script::help::failure::Failure;

/// How the runs of a script ended that came to this.
pub fn end_of<T>(result: &Result<T, Failure>) -> End {
    match result {
        Ok(_) => End::Over,
        Err(Failure::Interrupted(report)) => End::Interrupted(report.clone()),
        Err(Failure::Script(report) | Failure::Usage(report)) => End::Failed(report.clone()),
    }
}
