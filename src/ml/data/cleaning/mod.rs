//! The steps of a cleaning. A new one is a file here and a row in [`TABLE`], from which scripts have it as a method of texts.

mod characters;
pub(super) mod lower;
pub(super) mod replace;
mod step;

pub use step::{Clean, Row, Step};

pub const TABLE: [Row; 2] = [lower::ROW, replace::ROW];
