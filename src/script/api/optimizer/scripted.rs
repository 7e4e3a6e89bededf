//! Optimizers whose rule stands in the script.

use super::parameters::groups_of;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::models::{Replica, duplicate};
use crate::ml::optim::{Algorithm, Buffer, Group, Host, Kept, Optimizer, ParamState, Update, is_number};
use crate::output::complain;
use crate::script::{
    api::handles::{OptimizerHandle, TensorHandle},
    base::{
        ScriptResult,
        options::{number, shown},
        part,
        saving::plain,
    },
    language::sources::Sources,
};
use rhai::{Dynamic, EvalAltResult, FnPtr, Map, NativeCallContext, plugin::*};
use serde_json::{Value, json};
use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};
use tch::{Device, Kind, TchError, Tensor};

const WHAT: &str = "optimizer";
const STEP: &str = "step";
const LR: &str = "lr";

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// An optimizer whose rule stands in the script, over the parameters of a network, an array of tensors, or parameter groups, as
    /// `sgd` takes them. `options` holds
    /// - `lr`: the learning rate, which schedules change
    /// - `step`: `|p, grad, state| …`, called for each parameter that has a gradient, without gradients of its own. It gives the new value of
    ///   the parameter `p`, or changes it in place: `p.sub_(grad * state.lr)`
    /// - all else is what `state` holds at first, for each parameter: numbers, tensors, or functions of the parameter, `|p| zeros_like(p)`.
    ///   Groups can have their own
    ///
    /// `state` holds `lr`, the rate of the parameter's group, and `step`, how many steps the parameter has made, this one included. What the rule
    /// changes in it is there at the next step, and in checkpoints and snapshots: numbers and tensors. What it leaves as it was is an option, and
    /// a resumed run takes the new one.
    ///
    /// Errors: no `step`; in a step, a value that is no tensor of the parameter's shape, a parameter that was neither given nor changed, a name that
    /// has no first value, or one that is neither a number nor a tensor.
    ///
    /// ```rhai
    /// let w = parameter(tensor([1.0, 2.0]));
    /// let momentum = optimizer([w], #{
    ///     lr: 0.1, mu: 0.9, velocity: 0.0,
    ///     step: |p, grad, state| {
    ///         state.velocity = state.velocity * state.mu + grad;
    ///         p - state.velocity * state.lr
    ///     },
    /// });
    /// for i in 0..2 {
    ///     momentum.zero_grad();
    ///     w.sum().backward();
    ///     momentum.step();
    /// }
    /// assert_close(w, [0.71, 1.71], 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn optimizer(context: NativeCallContext, parameters: Dynamic, options: Map) -> ScriptResult<OptimizerHandle> {
        let sources = part::<Sources>(&context)?;
        let mut groups = Vec::new();
        for (params, own) in groups_of(WHAT, &parameters, &options)? {
            groups.push(Group::new(params, Rc::new(Scripted::new(own, &sources)?))?);
        }
        Ok(Optimizer::new(groups)?.into())
    }
}

#[derive(Debug)]
struct Scripted {
    lr: f64,
    rule: Rule,
    /// The rule as it stands in the source.
    text: String,
}

/// What is called for a parameter.
#[derive(Debug)]
struct Rule {
    step: FnPtr,
    /// What the state holds at first.
    first: Map,
    /// That the function changes a captured variable, which is not kept.
    has_said: Cell<bool>,
}

impl Scripted {
    fn new(mut options: Map, sources: &Sources) -> Result<Scripted> {
        let option = |message: String| Error::new(ErrorKind::Option, message);
        let Some(step) = options.remove(STEP).and_then(|step| step.try_cast::<FnPtr>()) else {
            return Err(option(format!("{WHAT} needs a function `step: |p, grad, state| …` among its options")));
        };
        let lr = options.remove(LR).unwrap_or_else(|| Dynamic::from(1e-3));
        let lr =
            number(&lr).ok_or_else(|| option(format!("{WHAT}: option `{LR}` must be a number, not {}", shown(&lr))))?;
        for (name, value) in &options {
            let is_first = plain(value).is_some() || value.is::<TensorHandle>() || value.is::<FnPtr>();
            if name.contains('.') || !is_first {
                return Err(option(format!(
                    "{WHAT}: the state `{name}` begins with a number, a tensor or a function of the parameter, not {}",
                    shown(value)
                )));
            }
        }
        let text = sources.text_of(step.fn_name()).map(|(text, ..)| text).unwrap_or_default();
        Ok(Scripted { lr, rule: Rule { step, first: options, has_said: Cell::default() }, text })
    }
}

impl Algorithm for Scripted {
    fn name(&self) -> &'static str {
        WHAT
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        let mut all = json!({ LR: self.lr, STEP: self.text });
        for (name, first) in &self.rule.first {
            if let Some(first) = plain(first) {
                all[name.as_str()] = first;
            }
        }
        all
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        self.rule.first.keys().map(|name| Buffer { name, of: Kept::Free }).collect()
    }

    fn validate(&self) -> Result<()> {
        match self.lr.is_finite() && self.lr >= 0.0 {
            true => Ok(()),
            false => Err(Error::value(format!("{WHAT}: lr must be a number of at least 0, not {}", self.lr))),
        }
    }

    fn update(&self, _: &mut Tensor, _: &Tensor, _: f64, _: &mut ParamState) -> Result<(), TchError> {
        Err(TchError::Kind("the rule is a script's".into()))
    }

    fn rule(&self) -> Option<&dyn Any> {
        Some(&self.rule)
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Option<Rc<dyn Algorithm>>> {
        let mut copy = |value: Dynamic| match replica.value(&value)?.downcast::<Dynamic>() {
            Ok(copy) => Ok(*copy),
            Err(_) => Err(Error::value("the copy of a script's value is not one")),
        };
        let step = copy(self.rule.step.clone().into())?.cast();
        let first = self.rule.first.iter().map(|(name, value)| Ok((name.clone(), copy(value.clone())?)));
        let first = first.collect::<Result<_>>()?;
        Ok(Some(Rc::new(Scripted {
            lr: self.lr,
            rule: Rule { step, first, has_said: Cell::default() },
            text: self.text.clone(),
        })))
    }
}

impl Rule {
    fn call(&self, context: &NativeCallContext, update: Update) -> ScriptResult<()> {
        let Update { name: of, param, grad, lr, state } = update;
        let handle = |tensor: &Tensor| Dynamic::from(TensorHandle::from(tensor.shallow_clone()));
        let mut held = Map::new();
        for (name, first) in &self.first {
            let value = match state.get(name) {
                Some(kept) => restored(kept)?,
                None => match (first.read_lock::<FnPtr>(), first.clone().try_cast::<TensorHandle>()) {
                    (Some(make), _) => make.call_raw(context, None, [handle(param)])?,
                    // Each parameter has its own.
                    (_, Some(tensor)) => handle(&duplicate(&tensor)?),
                    _ => first.clone(),
                },
            };
            held.insert(name.clone(), value);
        }
        held.insert(LR.into(), lr.into());
        held.insert(STEP.into(), state.step.into());
        let held = Dynamic::from(held).into_shared();
        let (before, captured) = (version(param)?, self.captured());
        let given = self.step.call_raw(context, None, [handle(param), handle(grad), held.clone()])?;
        if captured != self.captured() && !self.has_said.replace(true) {
            complain(&format!(
                "{WHAT}: step changes a variable that it has captured, which checkpoints do not keep: give it a first value in the options, and change it \
                 in `state`"
            ));
        }
        self.put(of, param, &given, version(param)? != before)?;
        let held = held.read_lock::<Map>().map(|map| map.clone()).unwrap_or_default();
        for (name, value) in held.iter().filter(|(name, _)| !matches!(name.as_str(), LR | STEP)) {
            let value = value.flatten_clone();
            let first = self.first.get(name).ok_or_else(|| {
                Error::value(format!("{WHAT}: the state has no `{name}`: give it a first value, beside lr and step"))
            })?;
            let is_option = state.get(name).is_none() && plain(first).is_some() && plain(first) == plain(&value);
            if !is_option {
                state.set(name, kept(name, &value, param)?);
            }
        }
        Ok(())
    }

    /// The captured variables that are plain values, as they are now.
    fn captured(&self) -> Vec<Option<Value>> {
        self.step.curry().iter().filter(|value| value.is_shared()).map(|value| plain(&value.flatten_clone())).collect()
    }

    /// Gives the parameter the value that came out of the rule, unless it has changed it itself.
    fn put(&self, of: &str, param: &Tensor, given: &Dynamic, is_changed: bool) -> Result<()> {
        let Some(value) = given.clone().try_cast::<TensorHandle>() else {
            return match given.is_unit() && is_changed {
                true => Ok(()),
                false => Err(Error::value(format!(
                    "{WHAT}: step gives the new value of the parameter `{of}`, or changes it in place, as p.sub_(…) does; it gave {} and \
                     changed nothing",
                    shown(given)
                ))),
            };
        };
        if value.data_ptr() == param.data_ptr() {
            return Ok(());
        }
        if value.size() != param.size() {
            let (given, wanted) = (value.size(), param.size());
            return Err(Error::shape(format!(
                "{WHAT}: step gave a tensor of shape {given:?} for the parameter `{of}` of shape {wanted:?}"
            )));
        }
        let copied = param.shallow_clone().f_copy_(&value).map(drop);
        copied.map_err(|cause| Error::value(format!("{WHAT}: {cause}")))
    }
}

fn version(param: &Tensor) -> Result<i64> {
    param.f_internal_version().map_err(|cause| Error::value(format!("{WHAT}: {cause}")))
}

/// A value of the state as a tensor: what is kept of it.
fn kept(name: &str, value: &Dynamic, param: &Tensor) -> Result<Tensor> {
    if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
        // The parameter itself would change with the next step.
        return if tensor.data_ptr() == param.data_ptr() { duplicate(&tensor) } else { Ok(tensor.detach()) };
    }
    let scalar = match (value.as_int(), value.as_float()) {
        (Ok(n), _) => Tensor::f_scalar_tensor(n, (Kind::Int64, Device::Cpu)),
        (_, Ok(x)) => Tensor::f_scalar_tensor(x, (Kind::Double, Device::Cpu)),
        _ => {
            let given = shown(value);
            return Err(Error::value(format!(
                "{WHAT}: the state `{name}` must stay a number or a tensor, not {given}"
            )));
        }
    };
    scalar.map_err(|cause| Error::value(format!("{WHAT}: {cause}")))
}

/// What was kept, as the rule had left it.
fn restored(kept: Tensor) -> Result<Dynamic> {
    let read = || match kept.kind() {
        Kind::Int64 => kept.f_int64_value(&[]).map(Dynamic::from),
        _ => kept.f_double_value(&[]).map(Dynamic::from),
    };
    match is_number(&kept) {
        true => read().map_err(|cause| Error::value(format!("{WHAT}: {cause}"))),
        false => Ok(Dynamic::from(TensorHandle::from(kept))),
    }
}

/// Gives `f` a host that can run the script's rules. An error that one raised comes out as it was raised, with its place.
pub fn with_host<T>(context: &NativeCallContext, f: impl FnOnce(&dyn Host) -> Result<T>) -> ScriptResult<T> {
    let host = ScriptHost { context, raised: RefCell::default() };
    f(&host).map_err(|error| host.raised.take().unwrap_or_else(|| error.into()))
}

struct ScriptHost<'a> {
    context: &'a NativeCallContext<'a>,
    raised: RefCell<Option<Box<EvalAltResult>>>,
}

impl Host for ScriptHost<'_> {
    fn update(&self, rule: &dyn Any, update: Update) -> Result<()> {
        let Some(rule) = rule.downcast_ref::<Rule>() else {
            return Err(Error::value("this optimizer's rule is not a script's"));
        };
        rule.call(self.context, update).map_err(|raised| {
            self.raised.replace(Some(raised));
            Error::value("the rule of an optimizer failed")
        })
    }
}
