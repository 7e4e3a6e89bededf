//! Everything that a script can call, one file for each object. A new object is a new file and a new line in
//! [`register`].
//!
//! Functions are grouped with `#[export_module(root = "crate::script::base::guard")]`; their `///` comments are what `imdbsh doc` shows. Each comment says what
//! comes back, with shapes and units, which errors can come, and gives an example that a test runs.

mod assert;
mod closure;
mod collections;
mod csv;
mod data;
mod defaults;
mod files;
mod format;
mod given;
pub mod handles;
mod history;
mod json;
mod loss;
mod memory;
mod meter;
mod network;
mod optimizer;
mod options;
mod other_script;
mod plot;
mod print;
mod program;
mod progress;
mod random;
mod row;
mod run;
mod sizes;
mod statistics;
mod stderr;
mod tensor;
mod text;
mod time;
mod training;

pub use collections::aligned;
pub use options::{Arguments, Declared};
pub use program::Program;
pub use run::{Label, Resume, Runs};
pub use training::{Host, Logged, Pause, Pauses, checkpoints, folder};

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(assert::api).into());
    engine.register_global_module(exported_module!(options::api).into());
    engine.register_global_module(exported_module!(defaults::api).into());
    engine.register_global_module(exported_module!(closure::api).into());
    engine.register_global_module(exported_module!(random::api).into());
    engine.register_global_module(exported_module!(time::api).into());
    engine.register_global_module(exported_module!(memory::api).into());
    tensor::register(engine);
    network::register(engine);
    optimizer::register(engine);
    loss::register(engine);
    meter::register(engine);
    history::register(engine);
    plot::register(engine);
    progress::register(engine);
    format::register(engine);
    collections::register(engine);
    text::register(engine);
    data::register(engine);
    engine.register_global_module(exported_module!(files::api).into());
    engine.register_global_module(exported_module!(other_script::api).into());
    sizes::register(engine);
    engine.register_global_module(exported_module!(statistics::api).into());
    engine.register_global_module(exported_module!(stderr::api).into());
    engine.register_global_module(exported_module!(print::api).into());
    engine.register_global_module(exported_module!(json::api).into());
    engine.register_global_module(exported_module!(csv::api).into());
    run::register(engine);
    training::register(engine);
}
