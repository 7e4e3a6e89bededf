//! A training as those see it who are told of it: progress bar, run folder, checkpoints, and what a script adds.

mod listener;
pub mod listeners;
mod step;

pub use listener::{Listener, State, View};
pub use step::{Column, Step};
