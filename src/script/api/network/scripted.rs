//! Networks written in a script: parameters, sub-networks, and a forward closure.

use super::values::{to_dynamic, to_value};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Module, Pass, Replica};
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext, plugin::*};
use std::rc::Rc;
use tch::Tensor;

/// The closure, and the map that it sees as `this`.
pub struct Forward {
    closure: FnPtr,
    members: Dynamic,
}

impl Forward {
    pub fn call(&self, context: &NativeCallContext, input: &Value) -> ScriptResult<Value> {
        // A shared value: what the closure changes in `this` stays, and all copies are one.
        let mut this = self.members.clone();
        let output = self.closure.call_raw(context, Some(&mut this), [to_dynamic(input.clone())])?;
        to_value(&output)
    }
}

/// A network whose layers and forward function stand in the script.
struct Scripted {
    forward: Forward,
    parameters: Vec<(String, Tensor)>,
    children: Vec<(String, Rc<dyn Module>)>,
}

impl Module for Scripted {
    fn type_name(&self) -> &str {
        "Network"
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

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let parameters = self.parameters.iter().map(|(name, p)| Ok((name.clone(), replica.tensor(p)?)));
        let parameters = parameters.collect::<Result<_>>()?;
        let children = replica.children(&self.children)?;
        let members = copied(&self.forward.members, replica)?;
        let closure = copied(&self.forward.closure.clone().into(), replica)?.cast();
        Ok(Rc::new(Scripted { forward: Forward { closure, members }, parameters, children }))
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }
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

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A network written in the script: a map of parameters (tensors that require gradients), sub-networks (arrays of
    /// them are numbered) and other values, with a closure `forward: |x| …` that sees the map as `this`. It behaves as
    /// any other network: it can stand in a `sequential`, has `parameters()`, is trained, saved and loaded; parameters
    /// are named by their place in the map (`head.weight`).
    ///
    /// Errors: a map without `forward`.
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
        let (mut parameters, mut children) = (Vec::new(), Vec::new());
        for (name, member) in &members {
            collect(name, &member.flatten_clone(), &mut parameters, &mut children);
        }
        let forward = Forward { closure, members: Dynamic::from(members).into_shared() };
        Ok(Scripted { forward, parameters, children }.into())
    }
}
