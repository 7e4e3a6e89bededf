//! The steps of a cleaning. A new one is a file here and a row in [`TABLE`], from which scripts have it as a method of texts.

mod characters;
mod emoji;
pub(super) mod lower;
mod normalize;
pub(super) mod replace;
mod step;
mod unescape;

pub use step::{Clean, Row, Step};

pub const TABLE: [Row; 5] = [lower::ROW, replace::ROW, unescape::ROW, normalize::ROW, emoji::ROW];
