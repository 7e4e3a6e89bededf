//! What every optimizer can do.

use super::scripted::with_host;
use crate::error::{Error, Result};
use crate::ml::optim::Optimizer;
use crate::script::{
    api::handles::{OptimizerHandle, TensorHandle},
    base::{
        ScriptResult,
        options::{number, shown},
    },
};
use rhai::{Dynamic, FnPtr, Map, NativeCallContext, plugin::*};
use std::cell::{Ref, RefCell, RefMut};

pub(super) fn rate(value: &Dynamic) -> Result<f64> {
    number(value).ok_or_else(|| Error::value(format!("a learning rate is a number, got {}", shown(value))))
}

/// The optimizer, which its own step may look at.
fn looked_at(optimizer: &OptimizerHandle) -> Result<Ref<'_, Optimizer>> {
    optimizer.0.try_borrow().map_err(|_| Error::value("this optimizer is being changed"))
}

/// The optimizer, to change it.
pub(super) fn changed(optimizer: &OptimizerHandle) -> Result<RefMut<'_, Optimizer>> {
    let in_step = || Error::value("an optimizer cannot be changed inside of its own step: do it before or behind");
    optimizer.0.try_borrow_mut().map_err(|_| in_step())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Changes every parameter that has a gradient.
    ///
    /// Errors: an optimizer that evaluates the loss itself (`lbfgs`, `sam`), which takes a closure.
    ///
    /// ```rhai
    /// let w = parameter(tensor([1.0]));
    /// let optimizer = sgd([w], #{ lr: 1 });
    /// w.sum().backward();
    /// optimizer.step();
    /// assert_eq(w.item(), 0.0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn step(context: NativeCallContext, optimizer: &mut OptimizerHandle) -> ScriptResult<()> {
        with_host(&context, |host| looked_at(optimizer)?.step_with(Some(host)))
    }

    /// A step around a closure that computes the loss and gives it: gradients are dropped before, and where the closure has not gone back through the
    /// loss itself, that is done behind it. Every optimizer takes one; `sam` calls it twice in a step, `lbfgs` as often as it wants. Gives the
    /// first loss.
    ///
    /// Errors: those of the closure; one that gives no tensor of one element.
    ///
    /// ```rhai
    /// let w = parameter(tensor([1.0]));
    /// let optimizer = sam(sgd([w], #{ lr: 0.1 }), #{ rho: 0.5 });
    /// let loss = optimizer.step(|| (w ** 2).sum());
    /// assert_close(loss, 1.0, 1e-6);
    /// assert_close(w, [0.7], 1e-6);       // the gradient at 1.5
    /// ```
    #[rhai_fn(name = "step", return_raw, pure)]
    pub fn step_by(
        context: NativeCallContext,
        optimizer: &mut OptimizerHandle,
        closure: FnPtr,
    ) -> ScriptResult<TensorHandle> {
        let raised = RefCell::new(None);
        let mut evaluate = || {
            looked_at(optimizer)?.zero_grad()?;
            let loss = tch::with_grad(|| closure.call_raw(&context, None, []));
            let loss = loss.map_err(|error| {
                raised.replace(Some(error));
                Error::value("the closure of a step failed")
            })?;
            let loss = loss.clone().try_cast::<TensorHandle>().filter(|loss| loss.numel() == 1).ok_or_else(|| {
                let given = shown(&loss);
                Error::value(format!("the closure of a step gives the loss, a tensor of one element, not {given}"))
            })?;
            looked_at(optimizer)?.go_back(&loss)?;
            Ok(loss.shallow_clone())
        };
        let stepped = with_host(&context, |host| looked_at(optimizer)?.step_by(Some(host), &mut evaluate));
        stepped.map(|loss| loss.detach().into()).map_err(|error| raised.take().unwrap_or(error))
    }

    /// What it is called in scripts: `"adam"`; of `sam(adam(…))` that, too.
    ///
    /// ```rhai
    /// assert_eq(adamw(linear(1, 1)).name, "adamw");
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn name(optimizer: &mut OptimizerHandle) -> String {
        optimizer.0.borrow().name().to_string()
    }

    /// Whether a step evaluates the loss itself, and so needs a closure.
    ///
    /// ```rhai
    /// assert(lbfgs(linear(1, 1)).takes_closure);
    /// assert(!adam(linear(1, 1)).takes_closure);
    /// ```
    #[rhai_fn(get = "takes_closure", pure)]
    pub fn takes_closure(optimizer: &mut OptimizerHandle) -> bool {
        optimizer.0.borrow().takes_closure()
    }

    /// Drops the gradients of the optimizer's parameters: what the next loss does not reach has none, and `step` leaves it as it is,
    /// decay and momentum too.
    #[rhai_fn(return_raw, pure)]
    pub fn zero_grad(optimizer: &mut OptimizerHandle) -> ScriptResult<()> {
        Ok(looked_at(optimizer)?.zero_grad()?)
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
        Ok(changed(optimizer)?.set_lr(rate(&lr)?)?)
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
        let (mut optimizer, lr) = (changed(optimizer)?, rate(&lr)?);
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
        let bases = changed(optimizer)?.rebased();
        let each = |base: f64| {
            let mut s = s.clone();
            s.insert("base_lr".into(), base.into());
            Ok(rate(&f.call_within_context(&context, (s,))?)?)
        };
        let rates = bases.into_iter().map(each).collect::<ScriptResult<Vec<f64>>>()?;
        Ok(changed(optimizer)?.set_scheduled(&rates)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(optimizer: &mut OptimizerHandle) -> String {
        let optimizer = optimizer.0.borrow();
        let rates: Vec<String> = optimizer.groups().iter().map(|g| format!("lr={}", g.lr())).collect();
        let text = format!("{}({})", optimizer.name(), rates.join("; "));
        optimizer.sam().map_or(text.clone(), |sam| format!("sam({text}, rho={})", sam.rho))
    }
}
