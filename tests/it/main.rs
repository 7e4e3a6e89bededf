//! All tests of the program, by theme, in one program that links libtorch once: `cargo test --test it networks::recurrent` runs some.
//!
//! They run beside each other on threads of one process. What disturbs others there begins with `alone!()`.

mod command_line;
mod common;
mod data;
mod fetch;
mod guests;
mod house;
mod language;
mod networks;
mod parity;
mod plots;
mod prompt;
mod runs;
mod tensors;
mod training;
