//! Forward passes that are started in a script: they can run its closures.

use super::scripted::Forward;
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Host, Module, Pass};
use crate::script::base::ScriptResult;
use rhai::{EvalAltResult, NativeCallContext};
use std::{any::Any, cell::RefCell, rc::Rc};

/// Runs a network on `input`.
pub fn forward(context: &NativeCallContext, network: &Rc<dyn Module>, input: &Value) -> ScriptResult<Value> {
    with_host(context, |host| Pass::new(Some(host)).run(network, input))
}

/// Runs a layer on two inputs.
pub fn forward_with(
    context: &NativeCallContext,
    network: &Rc<dyn Module>,
    input: &Value,
    memory: &Value,
) -> ScriptResult<Value> {
    with_host(context, |host| Pass::new(Some(host)).run_with(network, input, memory))
}

/// Gives `f` a host that can run the script's closures. An error that a closure raised comes out as it was raised, with
/// its place and its calls.
pub fn with_host<T>(context: &NativeCallContext, f: impl FnOnce(&dyn Host) -> Result<T>) -> ScriptResult<T> {
    let host = ScriptHost { context, raised: RefCell::default() };
    f(&host).map_err(|error| host.raised.take().unwrap_or_else(|| error.into()))
}

/// Runs forward functions written in the script.
struct ScriptHost<'a> {
    context: &'a NativeCallContext<'a>,
    raised: RefCell<Option<Box<EvalAltResult>>>,
}

impl Host for ScriptHost<'_> {
    fn call(&self, closure: &dyn Any, input: &Value) -> Result<Value> {
        let Some(closure) = closure.downcast_ref::<Forward>() else {
            return Err(Error::value("this network's forward function is not a script's"));
        };
        closure.call(self.context, input).map_err(|raised| {
            self.raised.replace(Some(raised));
            Error::value("a forward function in the script failed")
        })
    }
}
