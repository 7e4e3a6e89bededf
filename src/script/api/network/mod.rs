//! Networks: the handle, its methods, the layers, and networks written in a script.

mod bert;
mod layers;
mod methods;
mod scripted;
mod values;

pub use values::{BatchHandle, SequenceHandle, to_dynamic, to_value};

use crate::error::Error;
use crate::ml::batch::Value;
use crate::ml::models::{Host, Module, Pass};
use crate::script::ScriptResult;
use rhai::{Engine, EvalAltResult, NativeCallContext, exported_module};
use std::{any::Any, cell::RefCell, rc::Rc};

/// What a script holds: copying it copies no parameters.
#[derive(Clone)]
pub struct Network(pub Rc<dyn Module>);

impl<M: Module + 'static> From<M> for Network {
    fn from(module: M) -> Self {
        Network(Rc::new(module))
    }
}

impl Network {
    /// Runs the network on `input`.
    pub fn forward(&self, context: &NativeCallContext, input: &Value) -> ScriptResult<Value> {
        with_host(context, |host| Pass::new(Some(host)).run(&self.0, input))
    }
}

/// Gives `f` a host that can run the script's closures. An error that a closure raised comes out as it was raised, with
/// its place and its calls.
pub fn with_host<T>(
    context: &NativeCallContext,
    f: impl FnOnce(&dyn Host) -> crate::error::Result<T>,
) -> ScriptResult<T> {
    let host = ScriptHost { context, raised: RefCell::default() };
    f(&host).map_err(|error| host.raised.take().unwrap_or_else(|| error.into()))
}

/// Runs forward functions written in the script.
struct ScriptHost<'a> {
    context: &'a NativeCallContext<'a>,
    raised: RefCell<Option<Box<EvalAltResult>>>,
}

impl Host for ScriptHost<'_> {
    fn call(&self, closure: &dyn Any, input: &Value) -> crate::error::Result<Value> {
        let Some(closure) = closure.downcast_ref::<scripted::Forward>() else {
            return Err(Error::value("this network's forward function is not a script's"));
        };
        closure.call(self.context, input).map_err(|raised| {
            self.raised.replace(Some(raised));
            Error::value("a forward function in the script failed")
        })
    }
}

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Network>("Network");
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(exported_module!(layers::api).into());
    engine.register_global_module(exported_module!(bert::api).into());
    engine.register_global_module(exported_module!(scripted::api).into());
    values::register(engine);
    layers::register_activations(engine);
}
