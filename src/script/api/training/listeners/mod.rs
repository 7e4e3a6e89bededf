//! Who is told of a training: the callbacks in its options, then the listeners that every training has.

mod all;
mod callback;
mod logged;
mod told;

pub use all::{each, load, states};
pub use callback::{Callback, OF_OPTIONS, check};
pub use logged::{Logged, column};
pub use told::{Host, Told};
