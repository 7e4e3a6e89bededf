//! An optimizer's parameter groups.

use super::methods::{changed, rate};
use crate::ml::optim::Group;
use crate::script::{
    api::handles::{GroupHandle, OptimizerHandle},
    base::ScriptResult,
};
use rhai::{Array, Dynamic, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The parameter groups, an array; each has an `lr` that can be set and the `base_lr` that it was made with.
    ///
    /// ```rhai
    /// let net = sequential([linear(1, 1), linear(1, 1)]);
    /// let optimizer = sgd([#{ params: net[0], lr: 0.1 }, #{ params: net[1], lr: 0.2 }]);
    /// assert_eq(optimizer.groups.map(|g| g.lr), [0.1, 0.2]);
    /// ```
    #[rhai_fn(get = "groups", pure)]
    pub fn groups(optimizer: &mut OptimizerHandle) -> Array {
        let count = optimizer.0.borrow().groups().len();
        (0..count).map(|index| Dynamic::from(GroupHandle { optimizer: optimizer.clone(), index })).collect()
    }

    #[rhai_fn(get = "lr", pure)]
    pub fn group_lr(group: &mut GroupHandle) -> f64 {
        group.optimizer.0.borrow().groups().get(group.index).map_or(f64::NAN, Group::lr)
    }

    #[rhai_fn(set = "lr", return_raw, pure)]
    pub fn set_group_lr(group: &mut GroupHandle, lr: Dynamic) -> ScriptResult<()> {
        Ok(changed(&group.optimizer)?.set_group_lr(group.index, rate(&lr)?)?)
    }

    #[rhai_fn(get = "base_lr", pure)]
    pub fn group_base_lr(group: &mut GroupHandle) -> f64 {
        group.optimizer.0.borrow().groups().get(group.index).map_or(f64::NAN, Group::base_lr)
    }

    #[rhai_fn(set = "base_lr", return_raw, pure)]
    pub fn set_group_base_lr(group: &mut GroupHandle, lr: Dynamic) -> ScriptResult<()> {
        Ok(changed(&group.optimizer)?.set_group_base_lr(group.index, rate(&lr)?)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_group(group: &mut GroupHandle) -> String {
        let optimizer = group.optimizer.0.borrow();
        optimizer.groups().get(group.index).map_or(String::new(), |g| {
            let names: Vec<&str> = g.params().iter().map(|(name, _)| name.as_str()).collect();
            format!("lr={} {}", g.lr(), names.join(" "))
        })
    }
}
