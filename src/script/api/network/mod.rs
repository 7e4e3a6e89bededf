//! Networks: their methods, the layers, and networks written in a script.

mod constructor;
mod encoder;
mod host;
mod layers;
mod methods;
mod parts;
mod pretrained;
mod scripted;
mod sequence;
mod values;
mod written;

pub(super) use constructor::constructor;

use super::handles::{Network, SequenceHandle};
use crate::ml::models::TABLE;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Network>("Network");
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(exported_module!(parts::api).into());
    engine.register_global_module(layers::constructors(TABLE).into());
    engine.register_global_module(layers::activations().into());
    engine.register_global_module(exported_module!(layers::api).into());
    engine.register_global_module(exported_module!(encoder::api).into());
    engine.register_global_module(exported_module!(pretrained::api).into());
    engine.register_global_module(exported_module!(scripted::api).into());
    engine.register_type_with_name::<scripted::BufferHandle>("Buffer");
    engine.register_type_with_name::<SequenceHandle>("Sequence");
    engine.register_global_module(exported_module!(sequence::api).into());
}
