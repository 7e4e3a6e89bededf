//! The kinds of plots. A new one is a file here, which implements [`Content`](super::Content), and, where scripts draw it from numbers, a row of
//! [`TABLE`]: the row is the function that they call.

mod bars;
mod curves;
mod kind;
mod matrix;

pub use kind::{Asked, Kind, Takes};

/// Those that scripts draw from numbers alone. Curves have no row: `plot` takes runs and histories, which only the script layer knows.
pub const TABLE: &[Kind] = &[bars::HISTOGRAM, matrix::CONFUSION];
