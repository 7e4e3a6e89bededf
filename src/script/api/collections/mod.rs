//! Arrays, ranges and maps of the language: what one expects to be able to do with them.

mod arrays;
mod each;
mod numbers;
mod text;

pub use text::aligned;

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(arrays::api).into());
    engine.register_global_module(exported_module!(each::api).into());
    engine.register_global_module(exported_module!(numbers::api).into());
    engine.register_global_module(exported_module!(text::api).into());
}
