//! imdbsh: Rhai scripts over libtorch, for sentiment experiments. `docs/architecture.md` is the map.

pub mod access;
pub mod cli;
pub mod error;
pub mod fetch;
pub mod interrupt;
pub mod memory;
pub mod ml;
pub mod output;
pub mod places;
pub mod repl;
pub mod resume;
pub mod script;
pub mod testing;
