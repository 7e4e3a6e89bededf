//! Functions of the language that can make a value of any size at one stroke, or go as deep as a value does, with a look at the memory and the
//! depth before.

mod compared;
mod filled;
mod parts;
mod shown;

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(compared::api).into());
    engine.register_global_module(exported_module!(filled::api).into());
    engine.register_global_module(exported_module!(parts::api).into());
    engine.register_global_module(exported_module!(shown::api).into());
}
