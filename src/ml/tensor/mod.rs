//! What the project adds to tch's tensors: errors that say what was given, names of kinds, and a readable print.

mod called;
mod during;
mod format;
mod kind;
mod many;
mod pieces;
mod rows;
mod scalar;

pub use called::called;
pub use during::{During, bytes, describe};
pub use format::format;
pub use kind::{kind_from_name, kind_name};
pub use many::room_for_tensors;
pub use pieces::{Distribution, drawn, matmul};
pub use rows::{gather, split, spread};
pub use scalar::with_scalar;
