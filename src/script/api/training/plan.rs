//! Pauses that happen by themselves.

use crate::error::Error;
use crate::script::base::{ScriptResult, part};
use rhai::{Array, NativeCallContext, plugin::*};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

/// A stop in the middle of a training, and what was typed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Steps that the training had done, over all its epochs.
    pub step: i64,
    pub lines: Vec<String>,
}

/// The pauses that are to come, in their order.
#[derive(Debug, Default)]
pub struct Pauses {
    plan: RefCell<VecDeque<Pause>>,
    /// How many are over.
    over: Cell<u64>,
}

impl Pauses {
    pub fn add(&self, pause: Pause) {
        self.plan.borrow_mut().push_back(pause);
    }

    /// The next one, where it is due; `step` says how many steps the loop has done, and is asked only where there is a plan.
    pub fn due(&self, step: impl FnOnce() -> Option<i64>) -> Option<Pause> {
        let mut plan = self.plan.try_borrow_mut().ok()?;
        let next = plan.front()?.step;
        if step() == Some(next) { plan.pop_front() } else { None }
    }

    /// One that was due has come to its end.
    pub fn end(&self) {
        self.over.set(self.over.get() + 1);
    }

    /// How many have come to their ends.
    pub fn over(&self) -> u64 {
        self.over.get()
    }

    /// Forgets those that a program had behind it in which so many were over.
    pub fn forget(&self, over: u64) {
        while self.over() < over && self.plan.borrow_mut().pop_front().is_some() {
            self.end();
        }
    }

    /// Forgets what was planned for steps before `step`: a checkpoint of an older version does not say what was over.
    pub fn forget_before(&self, step: i64) {
        self.plan.borrow_mut().retain(|pause| pause.step >= step);
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Plans a pause: when a training that has done `step` steps next comes to its `pause`, these lines are run as if they had been
    /// typed there. `:stop` is such a line, too, and `:abort`, which then raises an error. Without Ctrl-C and without a terminal, so that what was changed
    /// in the course of a training can be done again. Plans are kept in their order.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// pause_at(3, ["optimizer.lr = optimizer.lr / 2"]);
    /// let t = train::start(net, sgd(net, #{ lr: 0.1 }), data, #{ batch: 4, epochs: 2, run: false, progress: false });
    /// t.run();
    /// assert_eq(t.history.column("lr"), [0.1, 0.05]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pause_at(context: NativeCallContext, step: i64, lines: Array) -> ScriptResult<()> {
        let texts: Option<Vec<String>> = lines.into_iter().map(|line| line.into_string().ok()).collect();
        let lines = texts.ok_or_else(|| Error::value("pause_at takes a step and an array of lines"))?;
        part::<Pauses>(&context)?.add(Pause { step, lines });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_due_once_at_its_step_and_those_of_steps_that_are_over_are_forgotten() {
        let plan = Pauses::default();
        let at = |step| Pause { step, lines: Vec::new() };
        [2, 5, 5, 9].into_iter().for_each(|step| plan.add(at(step)));
        assert_eq!(plan.due(|| Some(1)), None);
        assert_eq!(plan.due(|| None), None);
        assert_eq!(plan.due(|| Some(2)), Some(at(2)));
        assert_eq!(plan.due(|| Some(2)), None);
        plan.forget_before(6);
        assert_eq!(plan.due(|| Some(5)), None);
        assert_eq!(plan.due(|| Some(9)), Some(at(9)));
    }
}
