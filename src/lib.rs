//! imdbsh: Rhai scripts over libtorch, for sentiment experiments. `docs/architecture.md` is the map.

pub mod error;
pub mod interrupt;
pub mod ml;
