//! imdbsh: Rhai scripts over libtorch, for sentiment experiments. `docs/architecture.md` is the map.

// Scripts are guests: what they open goes through `access`, and all that is written to the two streams through `output`. The
// rooms that open the program's own files, or what the user names, say so with `expect`, and so does a file that moves.
#![cfg_attr(not(test), warn(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro))]

pub mod access;
pub mod cli;
pub mod error;
pub mod fetch;
pub mod interrupt;
pub mod memory;
pub mod ml;
pub mod output;
pub mod places;
pub mod predict;
pub mod repl;
pub mod replay;
pub mod report;
pub mod resume;
pub mod runs;
pub mod script;
pub mod sweep;
pub mod testing;
