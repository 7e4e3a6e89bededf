//! Figures in the cells of a terminal: curves in braille dots, bars in blocks, tables as tables.

mod cells;
mod place;
mod text;

pub(super) use cells::Cells;
pub(super) use place::Place;
pub use text::text;
