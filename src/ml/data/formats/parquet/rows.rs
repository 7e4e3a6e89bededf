//! The rows of a Parquet file, one group of them after the other.

use super::super::blob::Blob;
use super::super::cell::{Cell, TakeRow, row};
use super::chunks::Chunks;
use super::column::{Kind, next};
use super::footer::{Footer, check};
use super::guarded::guarded;
use crate::error::{Error, Result};
use crate::ml::data::table::TableOptions;
use crate::{interrupt, memory};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as Made};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;
use std::sync::Arc;

/// Rows that are held at once.
const PART: usize = 1024;

/// Gives all rows, counted from 1, to `into`.
///
/// # Errors
/// Columns that are not there or hold neither texts nor labels; a file that is damaged or not whole; what `into` says.
pub(in super::super) fn rows(blob: &Blob, options: &TableOptions, into: TakeRow) -> Result<Vec<String>> {
    let footer = Footer::read(blob, options)?;
    let chunks = Arc::new(Chunks(blob.clone()));
    let mut line = 0;
    for group in footer.meta.row_groups() {
        let promised = u64::try_from(group.num_rows()).map_err(|_| blob.damaged("a group has less than no rows"))?;
        let mut columns: Vec<Open> =
            footer.columns.iter().map(|column| open(blob, &chunks, group, *column)).collect::<Result<_>>()?;
        let first = line;
        loop {
            interrupt::check()?;
            let mut parts: Vec<Vec<Cell>> =
                columns.iter_mut().map(|column| column.next(blob)).collect::<Result<_>>()?;
            let count = parts.first().map_or(0, Vec::len);
            if parts.iter().any(|part| part.len() != count) {
                return Err(blob.damaged(format!("its columns have different lengths behind row {line}")));
            }
            if count == 0 {
                break;
            }
            // A few bytes may stand for many rows.
            let bytes: usize = parts.iter().flatten().flatten().map(|(text, _)| text.len()).sum();
            memory::room(|| format!("reading {}", blob.path.display()), bytes as u64)?;
            let labels = parts.pop().unwrap_or_default();
            let mut texts: Vec<_> = parts.into_iter().map(Vec::into_iter).collect();
            for label in labels {
                line += 1;
                let texts = texts.iter_mut().filter_map(Iterator::next);
                into(row(line, texts, label, footer.class_label.as_ref(), options))?;
            }
        }
        if line - first != promised {
            let (held, group) = (line - first, group.ordinal().map_or(0, i32::from) + 1);
            return Err(blob.damaged(format!("its group {group} promises {promised} rows and holds {held}")));
        }
    }
    Ok(footer.class_label.map(|label| label.note()).into_iter().collect())
}

/// A column of a group of rows, of which some are read.
struct Open {
    reader: ColumnReader,
    column: ColumnDescPtr,
    kind: Kind,
}

impl Open {
    fn next(&mut self, blob: &Blob) -> Result<Vec<Cell>> {
        guarded(blob, || next(&mut self.reader, &self.column, self.kind, PART))
    }
}

fn open(blob: &Blob, chunks: &Arc<Chunks>, group: &RowGroupMetaData, (place, kind): (usize, Kind)) -> Result<Open> {
    let none = || Error::data(format!("{} is damaged: a group of rows lacks a column", blob.path.display()));
    let meta = group.columns().get(place).ok_or_else(none)?;
    check(blob, meta)?;
    let column = meta.column_descr_ptr();
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    let reader = guarded(blob, || {
        let pages = Looked(SerializedPageReader::new(chunks.clone(), meta, rows, None)?);
        Ok(get_column_reader(column.clone(), Box::new(pages)))
    })?;
    Ok(Open { reader, column, kind })
}

/// The pages of a column, of which none promises more values than its bytes could hold: room is made for so many.
struct Looked(SerializedPageReader<Chunks>);

impl PageReader for Looked {
    fn get_next_page(&mut self) -> Made<Option<Page>> {
        /// Of each value, in the file and in memory.
        const WRITTEN: u64 = 4;
        const READ: u64 = size_of::<ByteArray>() as u64;
        let page = self.0.get_next_page()?;
        if let Some(Page::DictionaryPage { buf, num_values, .. }) = &page {
            let (bytes, count) = (buf.len() as u64, u64::from(*num_values));
            if count * WRITTEN > bytes {
                return Err(ParquetError::General(format!("a dictionary of {bytes} bytes promises {count} values")));
            }
            let room = memory::room(|| format!("a dictionary of {count} values"), count * READ);
            room.map_err(|e| ParquetError::External(Box::new(e)))?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Made<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Made<()> {
        self.0.skip_next_page()
    }
}

impl Iterator for Looked {
    type Item = Made<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
