//! Files whose columns lie apart: Parquet and Arrow's, told by their first bytes, whatever they are called.

use super::blob::Blob;
use super::{arrow, parquet};
use crate::error::{Error, Result};
use crate::ml::data::table::{Collected, TableOptions};
use std::path::Path;

/// So many bytes tell.
const FIRST: u64 = 8;

/// Reads the rows of one kind, and gives what the user should know of how they were read.
type Rows = fn(&Blob, &TableOptions, &mut Collected) -> Result<Vec<String>>;

/// The rows of a file, if it is such a one.
///
/// # Errors
/// Kinds that are known and not read; as [`parquet::rows`] and [`arrow::rows_of_file`].
pub(super) fn rows(blob: &Blob, options: &TableOptions, into: &mut Collected) -> Result<Option<Vec<String>>> {
    match of(&blob.path, &blob.at_most(0, FIRST)?)? {
        Some(rows) => rows(blob, options, into).map(Some),
        None => Ok(None),
    }
}

/// Whether these bytes are a file of such a kind, read or not.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    !matches!(of(Path::new(""), bytes), Ok(None))
}

/// What a file that begins so is; `None` for any other.
///
/// # Errors
/// Kinds that are known and not read.
fn of(path: &Path, first: &[u8]) -> Result<Option<Rows>> {
    let refused = |why: &str| Err(Error::data(format!("{} {why}", path.display())));
    match first {
        [b'P', b'A', b'R', b'1', ..] => Ok(Some(parquet::rows)),
        [b'P', b'A', b'R', b'E', ..] => {
            refused("is an encrypted Parquet file, which is not read: it has to be written anew without encryption")
        }
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Ok(Some(arrow::rows_of_file)),
        [b'F', b'E', b'A', b'1', ..] => {
            refused("is a Feather file of version 1, which is not read: pyarrow.feather.write_feather writes version 2")
        }
        // What begins the messages of a stream; no text does.
        [0xff, 0xff, 0xff, 0xff, ..] => Ok(Some(arrow::rows_of_stream)),
        _ => Ok(None),
    }
}
