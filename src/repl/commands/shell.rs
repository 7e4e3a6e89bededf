//! `!command`: another program, for the person at the prompt. Scripts start none.

use super::super::terminal;
use crate::output::complain;

/// Runs a line in the user's shell and waits for its end.
pub fn run(line: &str) {
    match terminal::run_line(line) {
        Ok(status) if status.success() => {}
        Ok(status) => complain(&format!("(`{line}` ended with {status})")),
        Err(cause) => complain(&format!("error: `{line}` cannot be started: {cause}")),
    }
}
