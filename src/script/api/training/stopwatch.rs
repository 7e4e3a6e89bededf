//! Seconds of work, without those spent at a pause.

use crate::script::api::handles::StopwatchHandle;
use rhai::plugin::*;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A stopwatch that stands at 0: `start()`, `stop()`, `reset()`, and what it shows in `seconds`. It stands still while a loop
    /// is paused.
    ///
    /// ```rhai
    /// let watch = stopwatch();
    /// watch.start();
    /// watch.stop();
    /// assert(watch.seconds < 1.0);
    /// ```
    pub fn stopwatch() -> StopwatchHandle {
        StopwatchHandle::default()
    }

    /// Starts a stopwatch; one that runs goes on.
    ///
    /// ```rhai
    /// let watch = stopwatch();
    /// watch.start();
    /// assert(watch.seconds >= 0.0);
    /// ```
    #[rhai_fn(name = "start", pure)]
    pub fn start_watch(watch: &mut StopwatchHandle) {
        watch.start();
    }

    /// Stops a stopwatch.
    ///
    /// ```rhai
    /// let watch = stopwatch();
    /// watch.stop();
    /// assert_eq(watch.seconds, 0.0);
    /// ```
    #[rhai_fn(name = "stop", pure)]
    pub fn stop_watch(watch: &mut StopwatchHandle) {
        watch.stop();
    }

    /// Puts a stopwatch back to 0.
    ///
    /// ```rhai
    /// let watch = stopwatch();
    /// watch.reset();
    /// assert_eq(watch.seconds, 0.0);
    /// ```
    #[rhai_fn(name = "reset", pure)]
    pub fn reset_watch(watch: &mut StopwatchHandle) {
        watch.set(0.0);
    }

    /// What a stopwatch shows.
    ///
    /// ```rhai
    /// assert_eq(stopwatch().seconds, 0.0);
    /// ```
    #[rhai_fn(get = "seconds", pure)]
    pub fn watch_seconds(watch: &mut StopwatchHandle) -> f64 {
        watch.seconds()
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_watch(watch: &mut StopwatchHandle) -> String {
        format!("{:.3} s", watch.seconds())
    }
}
