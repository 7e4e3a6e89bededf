//! The kinds of findings, each with its number and its page.

mod errors;
pub mod kind;
pub mod table;
mod warnings;

pub use errors::*;
pub use warnings::*;
