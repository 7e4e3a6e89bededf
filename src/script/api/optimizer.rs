//! Optimizers and gradient clipping.

use super::handles::{GroupHandle, Network, OptimizerHandle, TensorHandle};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    models,
    optim::{self, Group, Optimizer},
};
use crate::script::{
    ScriptResult,
    options::{number, shown},
};
use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext, exported_module, plugin::*};
use std::rc::Rc;
use tch::Tensor;

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<OptimizerHandle>("Optimizer");
    engine.register_type_with_name::<GroupHandle>("ParameterGroup");
    engine.register_global_module(exported_module!(api).into());
}

/// The parameters that a script means by a network, a tensor, or an array of either; those that need no gradient are
/// left out. Tensors outside a network are named by their place, after `prefix`.
pub fn parameters(function: &str, of: &Dynamic, prefix: &str) -> Result<Vec<(String, Tensor)>> {
    let mut found = Vec::new();
    if let Some(network) = of.clone().try_cast::<Network>() {
        found = models::parameters(network.0.as_ref());
        if !prefix.is_empty() {
            found.iter_mut().for_each(|(name, _)| *name = format!("{prefix}.{name}"));
        }
    } else if let Some(tensor) = of.clone().try_cast::<TensorHandle>() {
        found.push((if prefix.is_empty() { "0".into() } else { prefix.to_string() }, tensor.shallow_clone()));
    } else if let Some(array) = of.read_lock::<Array>() {
        for (i, member) in array.iter().enumerate() {
            let prefix = if prefix.is_empty() { i.to_string() } else { format!("{prefix}.{i}") };
            found.extend(parameters(function, member, &prefix)?);
        }
    } else {
        let message = format!("{function} takes a network, tensors or parameter groups, got {}", shown(of));
        return Err(Error::value(message));
    }
    found.retain(|(_, p)| p.requires_grad());
    Ok(found)
}

/// `adam(net, …)`, or `adam([#{ params: net.lstm, lr: 1e-4 }, …], …)` with options of each group's own.
fn build(name: &'static str, of: &Dynamic, options: &Map) -> ScriptResult<OptimizerHandle> {
    let groups: Option<Vec<Map>> = of
        .read_lock::<Array>()
        .filter(|array| !array.is_empty())
        .and_then(|array| array.iter().map(|g| g.clone().try_cast::<Map>()).collect());
    let groups = match groups {
        None => vec![Group::new(parameters(name, of, "")?, algorithm(name, options)?)?],
        Some(groups) => {
            let mut built = Vec::new();
            for (i, mut group) in groups.into_iter().enumerate() {
                let Some(params) = group.remove("params") else {
                    let message = format!("{name}: parameter group {i} has no `params`");
                    return Err(Error::new(ErrorKind::Option, message).into());
                };
                let mut own = options.clone();
                own.extend(group);
                built.push(Group::new(parameters(name, &params, &i.to_string())?, algorithm(name, &own)?)?);
            }
            built
        }
    };
    Ok(Optimizer::new(groups)?.into())
}

fn algorithm(name: &'static str, options: &Map) -> Result<Rc<dyn optim::Algorithm>> {
    let mut json = serde_json::Map::new();
    for (option, value) in options.iter().filter(|(_, v)| !v.is_unit()) {
        let read = rhai::serde::from_dynamic::<serde_json::Value>(value);
        let read = read.map_err(|_| Error::value(format!("{name}: option `{option}` cannot be {}", shown(value))))?;
        json.insert(option.to_string(), read);
    }
    optim::algorithm(name, &json)
}

fn rate(value: &Dynamic) -> Result<f64> {
    number(value).ok_or_else(|| Error::value(format!("a learning rate is a number, got {}", shown(value))))
}

#[export_module]
mod api {
    /// Stochastic gradient descent over the parameters of a network, an array of tensors, or parameter groups
    /// (`[#{ params: net.lstm, lr: 0.01 }, …]`). Options and their defaults, as in PyTorch: `lr` 1e-3, `momentum` 0,
    /// `dampening` 0, `weight_decay` 0, `nesterov` false.
    ///
    /// Errors: an unknown option or one out of range; no parameters that require gradients.
    ///
    /// ```rhai
    /// let w = parameter(tensor([1.0]));
    /// let optimizer = sgd([w], #{ lr: 0.1 });
    /// (w * 3).sum().backward();
    /// optimizer.step();
    /// assert_close(w, [0.7], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sgd(parameters: Dynamic, options: Map) -> ScriptResult<OptimizerHandle> {
        build("sgd", &parameters, &options)
    }

    #[rhai_fn(name = "sgd", return_raw)]
    pub fn sgd_plain(parameters: Dynamic) -> ScriptResult<OptimizerHandle> {
        build("sgd", &parameters, &Map::new())
    }

    /// Adam (Kingma and Ba, 2015), of the same parameters as `sgd`. Options and their defaults: `lr` 1e-3, `betas` [0.9, 0.999],
    /// `eps` 1e-8, `weight_decay` 0 (added to the gradient), `amsgrad` false.
    ///
    /// ```rhai
    /// let net = linear(2, 1);
    /// let optimizer = adam(net, #{ lr: 3e-4 });
    /// assert_eq(optimizer.lr, 3e-4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn adam(parameters: Dynamic, options: Map) -> ScriptResult<OptimizerHandle> {
        build("adam", &parameters, &options)
    }

    #[rhai_fn(name = "adam", return_raw)]
    pub fn adam_plain(parameters: Dynamic) -> ScriptResult<OptimizerHandle> {
        build("adam", &parameters, &Map::new())
    }

    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Takes what `adam` takes; `weight_decay` is 0.01.
    ///
    /// ```rhai
    /// let optimizer = adamw(linear(2, 1), #{ lr: 1e-3, weight_decay: 0.1 });
    /// assert_throws(|| adamw(linear(2, 1), #{ weigth_decay: 1 }), "weight_decay");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn adamw(parameters: Dynamic, options: Map) -> ScriptResult<OptimizerHandle> {
        build("adamw", &parameters, &options)
    }

    #[rhai_fn(name = "adamw", return_raw)]
    pub fn adamw_plain(parameters: Dynamic) -> ScriptResult<OptimizerHandle> {
        build("adamw", &parameters, &Map::new())
    }

    /// RMSprop (Tieleman and Hinton, 2012), of the same parameters as `sgd`. Options and their defaults: `lr` 1e-2, `alpha` 0.99,
    /// `eps` 1e-8, `weight_decay` 0, `momentum` 0, `centered` false.
    ///
    /// ```rhai
    /// assert_eq(rmsprop(linear(2, 1)).lr, 0.01);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rmsprop(parameters: Dynamic, options: Map) -> ScriptResult<OptimizerHandle> {
        build("rmsprop", &parameters, &options)
    }

    #[rhai_fn(name = "rmsprop", return_raw)]
    pub fn rmsprop_plain(parameters: Dynamic) -> ScriptResult<OptimizerHandle> {
        build("rmsprop", &parameters, &Map::new())
    }

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

    /// Sets the gradients of the optimizer's parameters to zero.
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
        Ok(group.optimizer.0.borrow_mut().set_group_lr(group.index, rate(&lr)?)?)
    }

    #[rhai_fn(get = "base_lr", pure)]
    pub fn group_base_lr(group: &mut GroupHandle) -> f64 {
        group.optimizer.0.borrow().groups().get(group.index).map_or(f64::NAN, Group::base_lr)
    }

    #[rhai_fn(set = "base_lr", return_raw, pure)]
    pub fn set_group_base_lr(group: &mut GroupHandle, lr: Dynamic) -> ScriptResult<()> {
        Ok(group.optimizer.0.borrow_mut().set_group_base_lr(group.index, rate(&lr)?)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(optimizer: &mut OptimizerHandle) -> String {
        let optimizer = optimizer.0.borrow();
        let rates: Vec<String> = optimizer.groups().iter().map(|g| format!("lr={}", g.lr())).collect();
        format!("{}({})", optimizer.name(), rates.join("; "))
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_group(group: &mut GroupHandle) -> String {
        let optimizer = group.optimizer.0.borrow();
        optimizer.groups().get(group.index).map_or(String::new(), |g| {
            let names: Vec<&str> = g.params().iter().map(|(name, _)| name.as_str()).collect();
            format!("lr={} {}", g.lr(), names.join(" "))
        })
    }

    /// Scales the gradients of a network or of tensors so that their joint 2-norm is at most `max_norm`, and gives the
    /// norm that they had, a tensor of one element.
    ///
    /// ```rhai
    /// let w = parameter(tensor([3.0, 4.0]));
    /// (w * w / 2).sum().backward();
    /// assert_close(clip_grad_norm([w], 1.0), 5.0, 1e-5);
    /// assert_close(w.grad, [0.6, 0.8], 1e-5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clip_grad_norm(parameters: Dynamic, max_norm: Dynamic) -> ScriptResult<TensorHandle> {
        let function = "clip_grad_norm";
        let params = super::parameters(function, &parameters, "")?;
        Ok(optim::clip_grad_norm(&tensors(params), limit(function, &max_norm)?, 2.0)?.into())
    }

    /// Cuts each element of the gradients of a network or of tensors to between `-max` and `max`.
    ///
    /// ```rhai
    /// let w = parameter(tensor([3.0, -4.0]));
    /// (w * w / 2).sum().backward();
    /// clip_grad_value([w], 1);
    /// assert_eq(w.grad, tensor([1.0, -1.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clip_grad_value(parameters: Dynamic, max: Dynamic) -> ScriptResult<()> {
        let function = "clip_grad_value";
        let params = super::parameters(function, &parameters, "")?;
        Ok(optim::clip_grad_value(&tensors(params), limit(function, &max)?)?)
    }
}

fn tensors(named: Vec<(String, Tensor)>) -> Vec<Tensor> {
    named.into_iter().map(|(_, tensor)| tensor).collect()
}

fn limit(function: &str, value: &Dynamic) -> Result<f64> {
    number(value)
        .filter(|max| *max >= 0.0)
        .ok_or_else(|| Error::value(format!("{function} takes a limit of at least 0, got {}", shown(value))))
}
