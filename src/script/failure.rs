//! How a script ends early, and the report that says why.

use super::{diagnostics, sources::Sources};
use crate::interrupt;
use rhai::{Dynamic, Engine, EvalAltResult};
use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
};

/// How a script ended early, with the report as the user is to see it.
#[derive(Debug)]
pub enum Failure {
    /// The script raised an error.
    Script(String),
    /// The user stopped it.
    Interrupted(String),
    /// The command was wrong: no such file, unknown options.
    Usage(String),
}

/// Runs `f`, a script called `name`, so that whatever goes wrong comes back as a report: an error, an interrupt, even a panic.
pub fn guarded(
    engine: &Engine,
    sources: &Sources,
    name: &str,
    f: impl FnOnce() -> Result<Dynamic, Box<EvalAltResult>>,
) -> Result<Dynamic, Failure> {
    match interrupt::polled(|| panic::catch_unwind(AssertUnwindSafe(f))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => match *error {
            EvalAltResult::Exit(value, _) => Ok(value),
            error => match diagnostics::usage(&error) {
                Some(message) => Err(Failure::Usage(message)),
                None => {
                    let report = diagnostics::render(engine, sources, name, &error);
                    let interrupted = interrupt::requested() && !interrupt::expired();
                    Err(if interrupted { Failure::Interrupted(report) } else { Failure::Script(report) })
                }
            },
        },
        Err(_) => Err(Failure::Script(format!(
            "error: imdbsh itself failed, in {}; please report this with the script that led to it",
            PANIC.take()
        ))),
    }
}

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps a panic's text for the report instead of printing it.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let what = info.payload_as_str().unwrap_or("no text");
        PANIC.set(format!("{place} ({what})"));
    }));
}
