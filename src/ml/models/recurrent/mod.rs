//! Recurrent layers that respect each row's length.

mod cell;
mod constructors;
mod direction;
mod groups;
mod kernel;
mod layer;
mod module;
mod order;
mod packed;
mod padded;
mod rows;

pub use cell::{Cell, Nonlinearity};
pub(super) use constructors::{BILSTM, GRU, LSTM, RNN};
pub use module::{Recurrent, RecurrentOptions};
