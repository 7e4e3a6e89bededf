//! Tables whose columns lie apart, as formats: such a file is known by its first bytes before its name is asked, so that what comes here was packed, or is none.

use super::blob::Blob;
use super::container;
use super::format::{Format, Found, Read};
use crate::error::{Error, Result};
use crate::ml::data::table::Collected;

pub(super) const PARQUET: Format = Format {
    endings: &["parquet", "pq", "parq"],
    rows: |file, into| rows(file, into, "Parquet file, which would begin with PAR1"),
};

pub(super) const ARROW: Format = Format {
    endings: &["arrow", "feather", "ipc", "arrows"],
    rows: |file, into| rows(file, into, "Arrow file, which would begin with ARROW1, or as a stream with a message"),
};

/// The rows of a file whose name says what it is.
fn rows(file: &Found, into: &mut Collected, kind: &str) -> Result<Read> {
    let blob = Blob::unpacked(file.path, file.source.part(0, usize::MAX)?.into_owned());
    let found = container::rows(&blob, file.options, into)?;
    let notes = found.ok_or_else(|| Error::data(format!("{} is no {kind}", file.path.display())))?;
    Ok(Read { notes, again: None })
}
