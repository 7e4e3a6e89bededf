//! What every optimizer can do.

use crate::error::{Error, Result};
use crate::script::{
    api::handles::OptimizerHandle,
    base::{
        ScriptResult,
        options::{number, shown},
    },
};
use rhai::{Dynamic, FnPtr, Map, NativeCallContext, plugin::*};

pub(super) fn rate(value: &Dynamic) -> Result<f64> {
    number(value).ok_or_else(|| Error::value(format!("a learning rate is a number, got {}", shown(value))))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Changes every parameter that has a gradient.
    ///
    /// ```rhai
    /// let w = parameter(tensor([1.0]));
    /// let optimizer = sgd([w], #{ lr: 1 });
    /// w.sum().backward();
    /// optimizer.step();
    /// assert_eq(w.item(), 0.0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn step(optimizer: &mut OptimizerHandle) -> ScriptResult<()> {
        Ok(optimizer.0.borrow_mut().step()?)
    }

    /// Drops the gradients of the optimizer's parameters: what the next loss does not reach has none, and `step` leaves it as it is,
    /// decay and momentum too.
    #[rhai_fn(return_raw, pure)]
    pub fn zero_grad(optimizer: &mut OptimizerHandle) -> ScriptResult<()> {
        Ok(optimizer.0.borrow_mut().zero_grad()?)
    }

    /// The learning rate (of the first group, where there are several); setting it sets that of all groups.
    ///
    /// ```rhai
    /// let optimizer = sgd(linear(1, 1), #{ lr: 0.1 });
    /// optimizer.lr = 0.05;
    /// assert_eq(optimizer.lr, 0.05);
    /// ```
    #[rhai_fn(get = "lr", pure)]
    pub fn lr(optimizer: &mut OptimizerHandle) -> f64 {
        optimizer.0.borrow().lr()
    }

    #[rhai_fn(set = "lr", return_raw, pure)]
    pub fn set_lr(optimizer: &mut OptimizerHandle, lr: Dynamic) -> ScriptResult<()> {
        Ok(optimizer.0.borrow_mut().set_lr(rate(&lr)?)?)
    }

    /// The learning rate that the optimizer was made with, which schedules multiply. Setting it sets `lr` as well, of all
    /// groups.
    ///
    /// ```rhai
    /// let optimizer = sgd(linear(1, 1), #{ lr: 0.1 });
    /// optimizer.lr = 0.05;
    /// assert_eq(optimizer.base_lr, 0.1);
    /// optimizer.base_lr = 0.02;
    /// assert_eq(optimizer.lr, 0.02);
    /// ```
    #[rhai_fn(get = "base_lr", pure)]
    pub fn base_lr(optimizer: &mut OptimizerHandle) -> f64 {
        optimizer.0.borrow().base_lr()
    }

    #[rhai_fn(set = "base_lr", return_raw, pure)]
    pub fn set_base_lr(optimizer: &mut OptimizerHandle, lr: Dynamic) -> ScriptResult<()> {
        let (mut optimizer, lr) = (optimizer.0.borrow_mut(), rate(&lr)?);
        Ok((0..optimizer.groups().len()).try_for_each(|group| optimizer.set_group_base_lr(group, lr))?)
    }

    /// Sets each group's rate for the next step to what the schedule `f` makes of the state `s`, in which it finds the group's
    /// own `base_lr`. A rate that was set by hand since the last step stays in force: the base is scaled by as much, and
    /// the schedule goes on from there.
    ///
    /// ```rhai
    /// let optimizer = sgd(linear(1, 1), #{ lr: 0.1 });
    /// let halved = schedule::step(1, 0.5);
    /// optimizer.schedule(halved, #{ epoch: 2 });
    /// assert_eq(optimizer.lr, 0.05);
    /// optimizer.lr = 0.025;                           // half of that, and the schedule goes on from there
    /// optimizer.schedule(halved, #{ epoch: 3 });
    /// assert_eq([optimizer.base_lr, optimizer.lr], [0.05, 0.0125]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn schedule(context: NativeCallContext, optimizer: &mut OptimizerHandle, f: FnPtr, s: Map) -> ScriptResult<()> {
        // The closure may look at the optimizer: it is not borrowed meanwhile.
        let bases = optimizer.0.borrow_mut().rebased();
        let each = |base: f64| {
            let mut s = s.clone();
            s.insert("base_lr".into(), base.into());
            Ok(rate(&f.call_within_context(&context, (s,))?)?)
        };
        let rates = bases.into_iter().map(each).collect::<ScriptResult<Vec<f64>>>()?;
        Ok(optimizer.0.borrow_mut().set_scheduled(&rates)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(optimizer: &mut OptimizerHandle) -> String {
        let optimizer = optimizer.0.borrow();
        let rates: Vec<String> = optimizer.groups().iter().map(|g| format!("lr={}", g.lr())).collect();
        format!("{}({})", optimizer.name(), rates.join("; "))
    }
}
