//! The rows of an Arrow file, one batch of them after the other.

use super::super::blob::Blob;
use super::super::cell::Cell;
use super::super::class_label::ClassLabel;
use super::super::pieces::{AT_ONCE, PIECE, Piece, Taker};
use super::cells::cells;
use super::frames::{Frame, Stream, damaged, footer, frame};
use super::schema::{Columns, Way};
use crate::error::Result;
use crate::interrupt;
use crate::ml::data::table::{Collected, Encoding, TableOptions};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::FileDecoder;
use arrow_ipc::{Block, MessageHeader, MetadataVersion, root_as_footer, root_as_message};
use arrow_schema::ArrowError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Gives all rows of a file in the file format, counted from 1, to `into`.
///
/// # Errors
/// Columns that are not there or hold neither texts nor labels; a file that is damaged or not whole; what `into` says.
pub(in super::super) fn rows_of_file(blob: &Blob, options: &TableOptions, into: &mut Collected) -> Result<Vec<String>> {
    let bytes = footer(blob)?;
    let footer = root_as_footer(&bytes).map_err(|e| blob.damaged(e))?;
    let mut reader = Reader::new(blob, footer.schema(), footer.version(), options)?;
    let at = |block: &Block| u64::try_from(block.offset()).map_err(|_| blob.damaged("a block lies before its start"));
    for block in footer.dictionaries().iter().flatten() {
        reader.dictionary(&frame(blob, at(block)?, *block)?)?;
    }
    for block in footer.recordBatches().iter().flatten() {
        reader.batch(&frame(blob, at(block)?, *block)?, into)?;
    }
    Ok(reader.notes)
}

/// As [`rows_of_file`], of one in the stream format.
///
/// # Errors
/// As [`rows_of_file`].
pub(in super::super) fn rows_of_stream(
    blob: &Blob,
    options: &TableOptions,
    into: &mut Collected,
) -> Result<Vec<String>> {
    let mut stream = Stream { blob, at: 0, has_end: false };
    let first = stream.next()?.ok_or_else(|| blob.damaged("it holds no message"))?;
    let mut reader = {
        let message = message(blob, &first)?;
        Reader::new(blob, message.header_as_schema(), message.version(), options)?
    };
    while let Some(frame) = stream.next()? {
        let kind = message(blob, &frame)?.header_type();
        match kind {
            MessageHeader::DictionaryBatch => reader.dictionary(&frame)?,
            _ => reader.batch(&frame, into)?,
        }
    }
    if !stream.has_end {
        reader.notes.push("it has no mark at its end: if it was cut there, rows are missing".into());
    }
    Ok(reader.notes)
}

fn message<'f>(blob: &Blob, frame: &'f Frame) -> Result<arrow_ipc::Message<'f>> {
    let prefix = if frame.bytes.starts_with(&[0xff; 4]) { 8 } else { 4 };
    root_as_message(&frame.bytes[prefix..frame.block.metaDataLength() as usize]).map_err(|e| blob.damaged(e))
}

/// What reads the batches of a file.
struct Reader<'r> {
    blob: &'r Blob,
    options: &'r TableOptions,
    columns: Columns,
    decoder: FileDecoder,
    rows: u64,
    notes: Vec<String>,
}

impl<'r> Reader<'r> {
    fn new(
        blob: &'r Blob,
        schema: Option<arrow_ipc::Schema>,
        version: MetadataVersion,
        options: &'r TableOptions,
    ) -> Result<Self> {
        let schema = schema.ok_or_else(|| blob.damaged("it names no columns"))?;
        if !schema.endianness().equals_to_target_endianness() {
            return Err(
                blob.damaged("its numbers have their bytes in the other order, as no machine of today writes them")
            );
        }
        let schema = guarded(blob, || try_fb_to_schema(schema))?;
        let columns = Columns::new(blob, &schema, options)?;
        let decoder = FileDecoder::new(Arc::new(schema), version).with_projection(columns.projection.clone());
        let notes = columns.class_label.iter().map(ClassLabel::note).collect();
        Ok(Reader { blob, options, columns, decoder, rows: 0, notes })
    }

    fn dictionary(&mut self, frame: &Frame) -> Result<()> {
        let decoder = &mut self.decoder;
        guarded(self.blob, || decoder.read_dictionary(&frame.block, &frame.bytes))
    }

    fn batch(&mut self, frame: &Frame, into: &mut Collected) -> Result<()> {
        let batch = guarded(self.blob, || self.decoder.read_record_batch(&frame.block, &frame.bytes))?;
        let Some(batch) = batch else { return Ok(()) };
        let ways: Vec<&Way> = self.columns.texts.iter().chain(&self.columns.label).collect();
        let (blob, encoding, count) = (self.blob, self.options.encoding, batch.num_rows());
        let piece = |from| Rows { blob, batch: batch.slice(from, PIECE.min(count - from)), ways: &ways, encoding };
        let pieces: Vec<Rows> = (0..count).step_by(PIECE).map(piece).collect();
        let class_label = self.columns.class_label.as_ref();
        let mut taker = Taker { blob, options: self.options, class_label, into, rows: self.rows };
        for pieces in pieces.chunks(AT_ONCE) {
            interrupt::check()?;
            taker.take(pieces)?;
        }
        self.rows = taker.rows;
        Ok(())
    }
}

/// Some rows of a batch.
struct Rows<'b> {
    blob: &'b Blob,
    batch: RecordBatch,
    /// To the columns of texts, and behind them to that of the labels.
    ways: &'b [&'b Way],
    encoding: Encoding,
}

impl Piece for Rows<'_> {
    fn len(&self) -> usize {
        self.batch.num_rows()
    }

    fn columns(&self) -> Result<Vec<Vec<Cell<'_>>>> {
        let along = |way: &&Way| along(&self.batch, way, self.encoding);
        guarded(self.blob, || Ok(self.ways.iter().map(along).collect()))?
    }
}

/// The cells of a column, or of a field of one: null where what it is in is null.
fn along<'b>(batch: &'b RecordBatch, way: &[usize], encoding: Encoding) -> Result<Vec<Cell<'b>>> {
    let (mut array, mut nulls): (&ArrayRef, Vec<&ArrayRef>) = (batch.column(way[0]), Vec::new());
    for place in &way[1..] {
        nulls.push(array);
        array = array.as_struct().column(*place);
    }
    let mut cells = cells(array, encoding)?;
    for outer in nulls {
        cells.iter_mut().enumerate().filter(|(row, _)| outer.is_null(*row)).for_each(|(_, cell)| *cell = None);
    }
    Ok(cells)
}

/// What the crate makes of a file, whose errors and panics become errors of this program.
fn guarded<T>(blob: &Blob, act: impl FnOnce() -> Result<T, ArrowError>) -> Result<T> {
    let made = catch_unwind(AssertUnwindSafe(act));
    made.map_err(|_| blob.damaged("it says of itself what cannot be"))?.map_err(|e| damaged(blob, e))
}
