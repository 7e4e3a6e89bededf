//! Recurrent layers that respect each row's length.

mod constructors;
mod direction;
mod groups;
mod layer;
mod lstm;
mod rows;

pub(super) use constructors::{BILSTM, LSTM};
pub use lstm::{Lstm, LstmOptions};
