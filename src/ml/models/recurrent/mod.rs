//! Recurrent layers that respect each row's length.

mod constructors;
mod direction;
mod groups;
mod kernel;
mod layer;
mod lstm;
mod packed;
mod packing;
mod padded;
mod rows;

pub(super) use constructors::{BILSTM, LSTM};
pub use lstm::{Lstm, LstmOptions};
