//! Arrow's own files: the file format (`ARROW1`, Feather version 2) and the stream format, which Hugging Face's `save_to_disk` writes.

mod cells;
mod frames;
mod rows;
mod schema;

pub(super) use rows::{rows_of_file, rows_of_stream};
