//! Networks written in a script: parameters, sub-networks, and a forward closure.

use super::values::{to_dynamic, to_value};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Module, Pass, Replica};
use crate::ml::tensor::During;
use crate::output::complain;
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::base::ScriptResult;
use crate::script::base::options::shown;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext, plugin::*};
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use tch::Tensor;

/// The key under which a forward function sees whether its network is in training.
pub(super) const TRAINING: &str = "training";

/// A tensor that a network of the script keeps: saved with it, and never trained.
#[derive(Clone)]
pub struct BufferHandle(TensorHandle);

/// The closure, and the map that it sees as `this`.
pub struct Forward {
    pub(super) closure: FnPtr,
    pub(super) members: Dynamic,
    /// The names of the members that are buffers: a forward function may put other tensors in their place.
    buffers: Vec<String>,
    training: Cell<bool>,
    /// That a member changes which is not kept.
    has_said: Cell<bool>,
}

impl Forward {
    pub(super) fn buffers(&self) -> &[String] {
        &self.buffers
    }

    pub fn call(&self, context: &NativeCallContext, input: &Value) -> ScriptResult<Value> {
        let training = self.training.get();
        // A shared value: what the closure changes in `this` stays, and all copies are one.
        let mut this = self.members.clone();
        if let Some(mut members) = this.write_lock::<Map>() {
            members.insert(TRAINING.into(), training.into());
        }
        let before = self.numbers();
        let output = self.closure.call_raw(context, Some(&mut this), [to_dynamic(input.clone())])?;
        self.check(&before)?;
        to_value(&output)
    }

    /// The members that are plain numbers or bools.
    fn numbers(&self) -> Vec<(String, Dynamic)> {
        let Some(members) = self.members.read_lock::<Map>() else { return Vec::new() };
        let plain = members.iter().filter(|(name, value)| *name != TRAINING && is_plain(value));
        plain.map(|(name, value)| (name.to_string(), value.flatten_clone())).collect()
    }

    /// What the function has put in the place of members.
    ///
    /// # Errors
    /// A buffer that is no tensor any more.
    fn check(&self, before: &[(String, Dynamic)]) -> Result<()> {
        let Some(members) = self.members.read_lock::<Map>() else { return Ok(()) };
        for name in &self.buffers {
            if let Some(other) = members.get(name.as_str()).filter(|value| !value.flatten_clone().is::<TensorHandle>())
            {
                let given = shown(&other.flatten_clone());
                return Err(Error::value(format!(
                    "network: `this.{name}` is a buffer, and takes a tensor, got {given}"
                )));
            }
        }
        let is_changed = |(name, value): &&(String, Dynamic)| {
            members.get(name.as_str()).is_none_or(|now| now.flatten_clone().to_string() != value.to_string())
        };
        if let Some((name, _)) = before.iter().find(is_changed).filter(|_| !self.has_said.replace(true)) {
            complain(&format!(
                "network: forward changes `this.{name}`, which neither checkpoints nor weights keep: buffer(tensor({name})) makes it one that they do"
            ));
        }
        Ok(())
    }
}

/// A network whose layers and forward function stand in the script.
struct Scripted {
    type_name: &'static str,
    forward: Forward,
    parameters: Vec<(String, Tensor)>,
    children: Vec<(String, Rc<dyn Module>)>,
}

impl Module for Scripted {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn describe(&self) -> String {
        String::new()
    }

    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value> {
        pass.host()?.call(&self.forward, input)
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.parameters.iter().map(|(name, p)| (name.clone(), p.shallow_clone())).collect()
    }

    fn own_buffers(&self) -> Vec<(String, Tensor)> {
        let Some(members) = self.forward.members.read_lock::<Map>() else { return Vec::new() };
        let held = |name: &String| {
            let tensor = members.get(name.as_str())?.flatten_clone().try_cast::<TensorHandle>()?;
            // What a forward function has put there must not keep the graph that it came from.
            let tensor = if tensor.requires_grad() { tensor.f_detach().ok()? } else { tensor.shallow_clone() };
            Some((name.clone(), tensor))
        };
        self.forward.buffers.iter().filter_map(held).collect()
    }

    fn forward_of_the_host(&self) -> Option<&dyn Any> {
        Some(&self.forward)
    }

    fn training(&self) -> Option<bool> {
        Some(self.forward.training.get())
    }

    fn set_training(&self, training: bool) {
        self.forward.training.set(training);
        self.children.iter().for_each(|(_, child)| child.set_training(training));
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let parameters = self.parameters.iter().map(|(name, p)| Ok((name.clone(), replica.tensor(p)?)));
        let parameters = parameters.collect::<Result<_>>()?;
        let children = replica.children(&self.children)?;
        let members = copied(&self.forward.members, replica)?;
        let closure = copied(&self.forward.closure.clone().into(), replica)?.cast();
        let (buffers, training) = (self.forward.buffers.clone(), self.forward.training.clone());
        let has_said = self.forward.has_said.clone();
        let forward = Forward { closure, members, buffers, training, has_said };
        Ok(Rc::new(Scripted { type_name: self.type_name, forward, parameters, children }))
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }
}

fn is_plain(value: &Dynamic) -> bool {
    let value = value.flatten_clone();
    value.is_int() || value.is_float() || value.is_bool()
}

/// The replica's copy of a value of the script.
fn copied(value: &Dynamic, replica: &mut Replica) -> Result<Dynamic> {
    let copy = replica.value(value)?.downcast::<Dynamic>();
    copy.map(|copy| *copy).map_err(|_| Error::value("the copy of a script's value is not one"))
}

/// Sorts the members of a network's map into parameters and sub-networks; arrays of either are numbered.
fn collect(
    name: &str,
    member: &Dynamic,
    parameters: &mut Vec<(String, Tensor)>,
    children: &mut Vec<(String, Rc<dyn Module>)>,
) {
    if let Some(network) = member.clone().try_cast::<Network>() {
        children.push((name.to_string(), network.0));
    } else if let Some(tensor) = member.clone().try_cast::<TensorHandle>() {
        if tensor.requires_grad() && tensor.is_leaf() {
            parameters.push((name.to_string(), tensor.shallow_clone()));
        }
    } else if let Some(array) = member.read_lock::<Array>() {
        for (i, member) in array.iter().enumerate() {
            collect(&format!("{name}.{i}"), member, parameters, children);
        }
    }
}

/// Takes buffers out of their wrapping, and gives their names.
fn unwrapped(members: &mut Map) -> Vec<String> {
    let mut names = Vec::new();
    for (name, member) in members {
        if let Some(BufferHandle(tensor)) = member.flatten_clone().try_cast::<BufferHandle>() {
            *member = Dynamic::from(tensor);
            names.push(name.to_string());
        }
    }
    names
}

fn scripted(
    type_name: &'static str,
    closure: FnPtr,
    members: Map,
    buffers: Vec<String>,
    parameters: Vec<(String, Tensor)>,
    children: Vec<(String, Rc<dyn Module>)>,
) -> Network {
    let members = Dynamic::from(members).into_shared();
    let forward = Forward { closure, members, buffers, training: Cell::new(true), has_said: Cell::new(false) };
    Scripted { type_name, forward, parameters, children }.into()
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A network written in the script: a map of parameters (tensors that require gradients), buffers, sub-networks (arrays of
    /// them are numbered) and other values, with a closure `forward: |x| …` that sees the map as `this`. It behaves as
    /// any other network: it can stand in a `sequential`, has `parameters()`, is trained, saved and loaded; parameters
    /// are named by their place in the map (`head.weight`). `this.training` says whether the network is in training.
    ///
    /// Errors: a map without `forward`, or with a `training` of its own.
    ///
    /// ```rhai
    /// let net = network(#{
    ///     scale: parameter(ones([3])),
    ///     head: linear(3, 2),
    ///     forward: |x| this.head.forward(x * this.scale),
    /// });
    /// assert_eq(net.forward(zeros([5, 3])).shape, [5, 2]);
    /// assert_eq(net.named_parameters().map(|p| p[0]), ["scale", "head.weight", "head.bias"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn network(members: Map) -> ScriptResult<Network> {
        let mut members = members;
        let Some(closure) = members.remove("forward").and_then(|f| f.try_cast::<FnPtr>()) else {
            let message = "network takes a map with a closure `forward: |x| …` beside its parameters and sub-networks";
            return Err(Error::new(ErrorKind::Option, message).into());
        };
        if members.contains_key(TRAINING) {
            let message = "network: `training` says in `forward` whether the network is in training: call it otherwise";
            return Err(Error::new(ErrorKind::Option, message).into());
        }
        let buffers = unwrapped(&mut members);
        let (mut parameters, mut children) = (Vec::new(), Vec::new());
        for (name, member) in &members {
            collect(name, &member.flatten_clone(), &mut parameters, &mut children);
        }
        Ok(scripted("Network", closure, members, buffers, parameters, children))
    }

    /// A tensor that a `network` of the script keeps beside its parameters, such as a running mean: saved and loaded with it, moved
    /// and copied with it, and never trained. In `forward` it is a tensor, and `this.name = …` puts another one in its place.
    ///
    /// ```rhai
    /// let net = network(#{
    ///     seen: buffer(zeros([1])),
    ///     forward: |x| {
    ///         if this.training() { this.seen = this.seen + x.shape[0]; }
    ///         x
    ///     },
    /// });
    /// net.forward(ones([5, 2]));
    /// net.eval();
    /// net.forward(ones([5, 2]));
    /// assert_eq(net.seen, tensor([5.0]));
    /// assert_eq(net.named_buffers().map(|b| b[0]), ["seen"]);
    /// assert_eq(net.parameters().len(), 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn buffer(tensor: TensorHandle) -> ScriptResult<BufferHandle> {
        Ok(BufferHandle(tensor.f_detach().during("buffer", &[&tensor])?.into()))
    }

    /// Whether the network of this forward function is in training; the same as `this.training`.
    #[rhai_fn(name = "training", pure)]
    pub fn training_of_this(this: &mut Map) -> bool {
        this.get(TRAINING).is_some_and(|training| training.as_bool().unwrap_or(false))
    }

    /// A function as a layer, for a `sequential`: it takes a tensor, a sequence or a batch, and gives one of the first two.
    ///
    /// ```rhai
    /// let net = sequential([linear(3, 4), lambda(|x| x.abs() + 1.0)]);
    /// assert_eq(net.forward(zeros([5, 3])).shape, [5, 4]);
    /// ```
    pub fn lambda(f: FnPtr) -> Network {
        scripted("Lambda", f, Map::new(), Vec::new(), Vec::new(), Vec::new())
    }
}
