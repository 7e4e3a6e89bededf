//! Networks: their methods, the layers, and networks written in a script.

mod encoder;
mod host;
mod layers;
mod methods;
mod scripted;
mod values;

use super::handles::Network;
use crate::ml::models::TABLE;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Network>("Network");
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(layers::constructors(TABLE).into());
    engine.register_global_module(layers::activations().into());
    engine.register_global_module(exported_module!(layers::api).into());
    engine.register_global_module(exported_module!(encoder::api).into());
    engine.register_global_module(exported_module!(scripted::api).into());
    values::register(engine);
}
