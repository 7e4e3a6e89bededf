//! Everything that a script can call, one file for each object. A new object is a new file and a new line in
//! `themes`.
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
mod themes;
mod time;
mod training;

pub use collections::aligned;
pub use options::{Arguments, Declared};
pub use program::Program;
pub use run::{Label, Resume, Runs};
pub use themes::{register, themes};
pub use training::{Host, Logged, Pause, Pauses, checkpoints, folder};
