//! Recurrent layers that respect each row's length.

mod constructors;
mod direction;
mod groups;
mod kernel;
mod layer;
mod lstm;
mod order;
mod packed;
mod padded;
mod rows;

pub(super) use constructors::{BILSTM, LSTM};
pub use lstm::{Lstm, LstmOptions};
