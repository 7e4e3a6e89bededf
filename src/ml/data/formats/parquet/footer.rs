//! What a Parquet file says of itself at its end, and which of its columns are read.

use super::super::blob::Blob;
use super::super::class_label::ClassLabel;
use super::super::columns::{Chosen, chosen};
use super::chunks::Chunks;
use super::column::Kind;
use super::guarded::guarded;
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::data::table::TableOptions;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};

/// A footer, read, is larger than it is written, by about so much.
const GROWTH: u64 = 16;

pub(super) struct Footer {
    pub meta: ParquetMetaData,
    /// The columns to read, by their places in the file; that of the labels last, if they are read.
    pub columns: Vec<(usize, Kind)>,
    /// What the labels' numbers are called.
    pub class_label: Option<ClassLabel>,
}

impl Footer {
    /// # Errors
    /// A file that is none or not whole; columns that are not there, or hold neither texts nor labels.
    pub fn read(blob: &Blob, options: &TableOptions) -> Result<Footer> {
        let tail = blob.part(blob.len().saturating_sub(8), 8.min(blob.len()))?;
        if let Some(size) = tail.first_chunk::<4>().map(|size| u64::from(u32::from_le_bytes(*size)))
            && size <= blob.len()
        {
            memory::room(|| format!("the footer of {}", blob.path.display()), size * GROWTH)?;
        }
        let chunks = Chunks(blob.clone());
        let meta = guarded(blob, || ParquetMetaDataReader::new().parse_and_finish(&chunks))?;
        let schema = meta.file_metadata().schema_descr();
        let names: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
        let Chosen { texts, label } = chosen(&blob.path, &names, options)?;
        let of = |(place, is_text): (usize, bool)| {
            let kind = Kind::of(&schema.column(place), options.encoding, is_text);
            let wrong = |why| Error::data(format!("{}: the column `{}` {why}", blob.path.display(), names[place]));
            Ok((place, kind.map_err(wrong)?))
        };
        let texts = texts.into_iter().map(|place| (place, true));
        let columns = texts.chain(label.map(|label| (label, false))).map(of).collect::<Result<_>>()?;
        let said = meta.file_metadata().key_value_metadata().into_iter().flatten();
        let said = said.filter(|pair| pair.key == "huggingface").find_map(|pair| pair.value.as_deref());
        let class_label = said.zip(label).and_then(|(said, label)| ClassLabel::of(said, &names[label]));
        Ok(Footer { columns, class_label, meta })
    }
}

/// Refuses what of a column could not be read.
///
/// # Errors
/// Pages that are packed as nobody unpacks them, that lie in another file, or beyond the end of this one.
pub(super) fn check(blob: &Blob, column: &ColumnChunkMetaData) -> Result<()> {
    let (file, name) = (blob.path.display(), column.column_path().string());
    if column.compression() == Compression::LZO {
        return Err(Error::data(format!(
            "{file}: the column `{name}` is packed with LZO, which is not read; snappy, zstd, gzip, brotli and LZ4 are"
        )));
    }
    if let Some(other) = column.file_path() {
        return Err(Error::data(format!("{file}: the column `{name}` lies in another file, {other}")));
    }
    let (start, length) = guarded(blob, || Ok(column.byte_range()))?;
    match start.checked_add(length).is_some_and(|end| end <= blob.len()) {
        true => Ok(()),
        false => Err(blob.damaged(format!("the column `{name}` ends behind the end of the file"))),
    }
}
