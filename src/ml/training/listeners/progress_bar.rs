//! The line that shows how far an epoch is, and the line that it leaves. Option `progress`.

use super::super::{Listener, View};
use super::options;
use crate::error::Result;
use crate::ml::{meter::Reading, progress::Progress, run::Record};
use std::cell::RefCell;

#[derive(Default)]
pub struct ProgressBar {
    /// Between the beginning of an epoch and its end.
    bar: RefCell<Option<Progress>>,
}

impl Listener for ProgressBar {
    fn name(&self) -> &str {
        "progress_bar"
    }

    fn on_epoch_begin(&self, at: &dyn View) -> Result<()> {
        // The old line goes before the new one is drawn.
        self.on_turn_over();
        if options::truth(at, "progress")? {
            let title = format!("epoch {}/{}", at.epoch(), at.epochs());
            let total = u64::try_from(at.steps_per_epoch()).unwrap_or(0);
            self.bar.replace(Some(Progress::new(&title, total)));
        }
        Ok(())
    }

    fn due(&self, _at: &dyn View) -> Result<bool> {
        Ok(self.bar.borrow().as_ref().is_some_and(|bar| bar.due()))
    }

    fn on_step(&self, at: &dyn View, _seen: &Reading) -> Result<()> {
        if let Some(bar) = self.bar.borrow().as_ref() {
            let before = (at.epoch() - 1) * at.steps_per_epoch();
            bar.update(u64::try_from(at.step() - before).unwrap_or(0), at.text());
        }
        Ok(())
    }

    fn on_log(&self, at: &dyn View, _row: &Record) -> Result<()> {
        if let Some(bar) = self.bar.take() {
            bar.finish_line(at.text());
        }
        Ok(())
    }

    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        self.on_turn_over();
        Ok(())
    }

    fn on_turn_over(&self) {
        drop(self.bar.take());
    }
}
