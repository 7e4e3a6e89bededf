//! Recurrent layers that respect each row's length.

mod direction;
mod groups;
mod layer;
mod lstm;
mod readout;
mod rows;

pub use lstm::{Lstm, LstmOptions};
pub use readout::Readout;
