//! Functions of the language that can make a value of any size at one stroke, with a look at the memory before.

mod filled;
mod parts;
mod shown;

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(filled::api).into());
    engine.register_global_module(exported_module!(parts::api).into());
    engine.register_global_module(exported_module!(shown::api).into());
}
