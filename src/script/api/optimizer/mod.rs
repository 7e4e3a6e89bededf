//! Optimizers and gradient clipping.

mod build;
mod clip;
mod groups;
mod methods;
mod parameters;
mod sam;
mod scripted;

use super::handles::{GroupHandle, OptimizerHandle};
use crate::ml::optim;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<OptimizerHandle>("Optimizer");
    engine.register_type_with_name::<GroupHandle>("ParameterGroup");
    engine.register_global_module(build::constructors(optim::TABLE).into());
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(exported_module!(groups::api).into());
    engine.register_global_module(exported_module!(scripted::api).into());
    engine.register_global_module(exported_module!(sam::api).into());
    engine.register_global_module(exported_module!(clip::api).into());
}
