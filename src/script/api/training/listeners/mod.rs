//! Who is told of a training: the callbacks in its options, then the listeners that every training has.

mod all;
mod callback;
mod told;

pub use all::{each, load, states};
pub use callback::check;
pub use told::{Host, Told};
