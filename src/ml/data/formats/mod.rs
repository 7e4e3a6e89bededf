//! The formats of tables. A new one is a file here and a place in [`FORMATS`], which all others ask.

mod again;
mod arrow;
mod blob;
mod blocks;
mod cell;
mod class_label;
mod columns;
mod container;
mod delimited;
mod delimiter;
mod fields;
mod format;
mod in_columns;
mod json_lines;
mod not_numbers;
mod parquet;
mod pieces;
mod quotes;
mod source;

use format::Formats;
use std::path::Path;

/// In the order in which a folder is looked through for `train.csv`, `train.tsv`, ….
pub(super) const FORMATS: Formats =
    Formats(&[delimited::CSV, delimited::TSV, json_lines::JSON_LINES, in_columns::PARQUET, in_columns::ARROW]);

/// Whether a file of this name is read as a table.
pub fn is_table(path: &Path) -> bool {
    FORMATS.reads(path)
}
