//! Parquet: the columns of texts and labels, read page by page; the others stay on the disk.

mod chunks;
mod column;
mod footer;
mod guarded;
mod rows;

pub(super) use rows::rows;
