//! Waiting.

use crate::interrupt;
use crate::script::base::ScriptResult;
use rhai::plugin::*;
use std::time::{Duration, Instant};

/// How often a Ctrl-C is looked for.
const NAP: Duration = Duration::from_millis(50);

fn wait(time: Duration) -> ScriptResult<()> {
    let started = Instant::now();
    loop {
        interrupt::check()?;
        match time.checked_sub(started.elapsed()) {
            Some(left) => std::thread::sleep(left.min(NAP)),
            None => return Ok(()),
        }
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Waits so many seconds. Ctrl-C ends it.
    ///
    /// ```rhai
    /// let started = timestamp();
    /// sleep(0.01);
    /// assert(started.elapsed >= 0.01);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sleep(seconds: f64) -> ScriptResult<()> {
        // What is no time at all is none to wait.
        wait(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::ZERO))
    }

    #[rhai_fn(name = "sleep", return_raw)]
    pub fn sleep_whole(seconds: i64) -> ScriptResult<()> {
        wait(Duration::from_secs(seconds.max(0) as u64))
    }
}
