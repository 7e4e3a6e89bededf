//! Pictures.

mod curves;
mod draw;
mod kinds;
mod panels;
mod parts;
mod read;
mod request;
mod what;

use crate::ml::plot::kinds::TABLE;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(curves::api).into());
    engine.register_global_module(exported_module!(panels::api).into());
    kinds::register(engine, TABLE);
}
