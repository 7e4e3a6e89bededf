//! The `parquet` crate, whose errors and panics over damaged files become errors of this program.

use super::super::blob::Blob;
use crate::error::{Error, Result};
use parquet::errors::ParquetError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the crate makes of a file.
///
/// # Errors
/// What it says, with the file's name; what [`Blob`] said to it stays as it is.
pub(super) fn guarded<T>(blob: &Blob, act: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Err(_) => Err(blob.damaged("it says of itself what cannot be")),
        Ok(Ok(done)) => Ok(done),
        Ok(Err(ParquetError::External(cause))) => match cause.downcast::<Error>() {
            Ok(own) => Err(*own),
            Err(other) => Err(blob.damaged(other)),
        },
        Ok(Err(other)) => Err(blob.damaged(other)),
    }
}
