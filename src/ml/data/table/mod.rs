//! One's own data: a table with a text and a label in each row. [`super::formats`] reads its file.

mod collected;
mod column;
mod encoding;
mod options;
mod rows;

pub(super) use collected::{Cells, Collected};
pub use column::Column;
pub use encoding::Encoding;
pub use options::{Missing, TableOptions};
pub(super) use rows::{Row, Table, at, shortened};
