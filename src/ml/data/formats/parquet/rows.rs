//! The rows of a Parquet file, one group of them after the other.

use super::super::blob::Blob;
use super::super::cell::Cell;
use super::super::class_label::ClassLabel;
use super::super::pieces::{AT_ONCE, PIECE, Piece, Taker};
use super::chunks::Chunks;
use super::column::{Kind, Values};
use super::footer::{Footer, check};
use super::guarded::guarded;
use crate::error::{Error, Result};
use crate::ml::data::table::{Collected, TableOptions};
use crate::{interrupt, memory};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as Made};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;
use std::sync::Arc;

/// Gives all rows, counted from 1, to `into`. While some become rows of the table, the next are unpacked.
///
/// # Errors
/// Columns that are not there or hold neither texts nor labels; a file that is damaged or not whole; what `into` says.
pub(in super::super) fn rows(blob: &Blob, options: &TableOptions, into: &mut Collected) -> Result<Vec<String>> {
    let footer = Footer::read(blob, options)?;
    let mut taker = Taker { blob, options, class_label: footer.class_label.as_ref(), into, rows: 0 };
    let mut groups = Groups::new(blob, &footer);
    let mut read = groups.next()?;
    while !read.is_empty() {
        interrupt::check()?;
        let mut taken = Ok(());
        let next = rayon::in_place_scope(|scope| {
            scope.spawn(|_| taken = taker.take(&read));
            groups.next()
        });
        taken?;
        read = next?;
    }
    Ok(footer.class_label.iter().map(ClassLabel::note).collect())
}

/// Some rows: the values of the columns of texts, and behind them those of the labels.
struct Columns(Vec<Values>);

impl Piece for Columns {
    fn len(&self) -> usize {
        self.0.first().map_or(0, Values::len)
    }

    fn columns(&self) -> Result<Vec<Vec<Cell<'_>>>> {
        self.0.iter().map(Values::cells).collect()
    }
}

/// The groups of rows of a file, of which some are read.
struct Groups<'f> {
    blob: &'f Blob,
    chunks: Arc<Chunks>,
    footer: &'f Footer,
    /// Groups that were opened.
    opened: usize,
    /// The columns of the last one, and how many of its rows were read.
    columns: Vec<Open>,
    read: u64,
    /// Rows of all groups that were read.
    rows: u64,
}

impl<'f> Groups<'f> {
    fn new(blob: &'f Blob, footer: &'f Footer) -> Self {
        let chunks = Arc::new(Chunks(blob.clone()));
        Groups { blob, chunks, footer, opened: 0, columns: Vec::new(), read: 0, rows: 0 }
    }

    /// The next pieces; none at the end.
    fn next(&mut self) -> Result<Vec<Columns>> {
        let mut pieces = Vec::with_capacity(AT_ONCE);
        while pieces.len() < AT_ONCE {
            match self.piece()? {
                Some(piece) => pieces.push(piece),
                None if self.open()? => {}
                None => break,
            }
        }
        Ok(pieces)
    }

    /// Opens the next group of rows; false where there is none.
    fn open(&mut self) -> Result<bool> {
        let Some(group) = self.footer.meta.row_groups().get(self.opened) else { return Ok(false) };
        let open = |column: &(usize, Kind)| open(self.blob, &self.chunks, group, *column);
        self.columns = self.footer.columns.iter().map(open).collect::<Result<_>>()?;
        (self.opened, self.read) = (self.opened + 1, 0);
        Ok(true)
    }

    /// The next rows of the group that is open; none at its end.
    fn piece(&mut self) -> Result<Option<Columns>> {
        let Some(group) = self.opened.checked_sub(1) else { return Ok(None) };
        let blob = self.blob;
        let piece = Columns(self.columns.iter_mut().map(|column| column.next(blob)).collect::<Result<_>>()?);
        let count = piece.len();
        if piece.0.iter().any(|column| column.len() != count) {
            return Err(blob.damaged(format!("its columns have different lengths behind row {}", self.rows)));
        }
        (self.read, self.rows) = (self.read + count as u64, self.rows + count as u64);
        if count > 0 {
            return Ok(Some(piece));
        }
        let promised = self.footer.meta.row_group(group).num_rows();
        let promised = u64::try_from(promised).map_err(|_| blob.damaged("a group has less than no rows"))?;
        match self.read == promised {
            true => Ok(None),
            false => {
                let (group, held) = (group + 1, self.read);
                Err(blob.damaged(format!("its group {group} promises {promised} rows and holds {held}")))
            }
        }
    }
}

/// A column of a group of rows, of which some are read.
struct Open {
    reader: ColumnReader,
    column: ColumnDescPtr,
    kind: Kind,
}

impl Open {
    fn next(&mut self, blob: &Blob) -> Result<Values> {
        guarded(blob, || Values::next(&mut self.reader, &self.column, self.kind, PIECE))
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
