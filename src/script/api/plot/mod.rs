//! Pictures.

mod curves;
mod draw;
mod kinds;
mod read;
mod request;
mod what;

use crate::ml::plot::kinds::TABLE;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(curves::api).into());
    kinds::register(engine, TABLE);
}
