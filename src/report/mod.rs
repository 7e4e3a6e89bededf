//! `imdbsh report`: runs as one HTML file that needs nothing else.
//!
//! [`charts`] and [`tables`] say what is to be seen, as plain values; `template/` says how it looks. [`reviews`] is the only part that runs scripts.

mod chart;
mod charts;
mod page;
mod reviews;
mod tables;

pub use page::{Asked, page};
