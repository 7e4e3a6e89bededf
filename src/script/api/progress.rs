//! The progress bar.

use super::handles::ProgressHandle;
use crate::ml::progress::Progress;
use rhai::{Engine, exported_module, plugin::*};
use std::rc::Rc;

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<ProgressHandle>("Progress");
    engine.register_global_module(exported_module!(api).into());
}

#[export_module(root = "crate::script::base::guard")]
mod api {
    /// A progress bar of `total` steps on stderr, drawn on a terminal only; with `shown` false it stays silent.
    ///
    /// ```rhai
    /// let bar = progress("epoch 1/1", 10, false);
    /// for step in 1..=10 {
    ///     if bar.due() { bar.update(step, "loss 0.5"); }
    /// }
    /// bar.finish("epoch 1/1  loss 0.5");
    /// ```
    pub fn progress(title: &str, total: i64, shown: bool) -> ProgressHandle {
        ProgressHandle(shown.then(|| Rc::new(Progress::new(title, total.max(0) as u64))))
    }

    /// Whether it is time to update a bar: a few times a second, and never where nobody sees it. Reading a loss makes
    /// the program wait for the device, so read it only then.
    ///
    /// ```rhai
    /// assert(!progress("", 10, false).due());
    /// ```
    #[rhai_fn(pure)]
    pub fn due(progress: &mut ProgressHandle) -> bool {
        progress.0.as_ref().is_some_and(|p| p.due())
    }

    /// Shows that `done` steps are done, the time left, and a message.
    ///
    /// ```rhai
    /// progress("", 10, false).update(3, "loss 0.5");
    /// ```
    #[rhai_fn(pure)]
    pub fn update(progress: &mut ProgressHandle, done: i64, message: &str) {
        if let Some(p) = &progress.0 {
            p.update(done.max(0) as u64, message);
        }
    }

    /// Leaves a line on stderr in the bar's place.
    ///
    /// ```rhai
    /// progress("", 10, false).finish("done");
    /// ```
    #[rhai_fn(pure)]
    pub fn finish(progress: &mut ProgressHandle, line: &str) {
        if let Some(p) = &progress.0 {
            p.finish_line(line);
        }
    }
}
