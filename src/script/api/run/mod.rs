//! The run folder.

mod config;
mod create;
mod described;
mod label;
mod methods;
mod predicted;
mod rows;
mod runs;
mod table;

pub use label::Label;
pub use rows::{record, records};
pub use runs::{Resume, Runs};

use super::handles::RunHandle;
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<RunHandle>("Run");
    engine.register_global_module(exported_module!(methods::api).into());
    engine.register_global_module(exported_module!(table::api).into());
}
