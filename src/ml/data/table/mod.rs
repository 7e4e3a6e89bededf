//! One's own data: a table with a text and a label in each row. [`super::formats`] reads its file.

mod collected;
mod column;
mod encoding;
mod kept;
mod options;
mod part;
mod rows;

pub(super) use collected::{Collected, Done};
pub use column::Column;
pub use encoding::Encoding;
pub use options::{Missing, TableOptions};
pub(super) use part::{Cells, Part};
pub(super) use rows::{Columns, Table, at, shortened};
