//! `imdbsh predict`: what a run's network says of new texts, in their order, as they come.
//!
//! [`Predictor`] is the only part that runs scripts. [`Lines`] and tables give it texts, and [`Written`] says how its answers look.

mod answers;
mod lines;
mod predictor;
mod written;

pub use answers::{Given, predict};
pub use lines::Lines;
pub use predictor::{Asked, Predictor};
pub use written::{Format, Written};
