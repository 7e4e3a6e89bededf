//! From text to batches: clean, split, count, index, look up vectors, pad, draw.

mod batch;

pub use batch::{Batch, Inputs, Pad, Words};
