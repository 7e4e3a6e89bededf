//! Layers of windows that slide over the positions of each row: convolution and pooling.

mod conv1d;
mod generic;
mod kernel;
mod pool1d;
mod shape;

pub use conv1d::{Conv1d, ConvOptions, Padding};
pub use pool1d::{Pool1d, Pooled};

pub(super) use conv1d::ROW as CONV1D;
pub(super) use pool1d::{AVG_POOL1D, MAX_POOL1D};
