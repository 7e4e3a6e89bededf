//! Networks: their methods, the layers, and networks written in a script.

mod bert;
mod host;
mod layers;
mod methods;
mod scripted;
mod values;

pub use super::handles::{BatchHandle, Network, SequenceHandle};

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Network>("Network");
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(exported_module!(layers::api).into());
    engine.register_global_module(exported_module!(bert::api).into());
    engine.register_global_module(exported_module!(scripted::api).into());
    values::register(engine);
    layers::register_activations(engine);
}
