//! The messages of an Arrow file, each with what it takes looked at before it is taken.

use super::super::blob::Blob;
use crate::error::{Error, Result};
use crate::memory;
use arrow_buffer::Buffer;
use arrow_ipc::{Block, Message, MessageHeader, RecordBatch, root_as_footer, root_as_message};

/// In front of a message in a stream; files of before 2019 lack it.
const CONTINUES: [u8; 4] = [0xff; 4];
/// Behind a file's footer: its length, and the mark.
const TAIL: u64 = 10;

/// Where a message is: its header, and behind it its body.
pub(super) struct Frame {
    pub block: Block,
    pub bytes: Buffer,
}

/// The frames of a stream, one behind the other.
pub(super) struct Stream<'b> {
    pub blob: &'b Blob,
    pub at: u64,
    /// Whether the mark that ends a stream was there.
    pub has_end: bool,
}

impl Stream<'_> {
    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// One that is not whole; too little memory.
    pub fn next(&mut self) -> Result<Option<Frame>> {
        let left = self.blob.len() - self.at;
        if left == 0 {
            return Ok(None);
        }
        let begin = self.blob.at_most(self.at, 8)?;
        let number = |bytes: &[u8]| bytes.first_chunk::<4>().map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
        let (prefix, length) = match begin.starts_with(&CONTINUES) {
            true => (8, number(&begin[4..])),
            false => (4, number(&begin)),
        };
        let length = length.ok_or_else(|| self.blob.damaged("its last message is cut"))?;
        if length == 0 {
            self.has_end = true;
            return Ok(None);
        }
        let head = self.blob.part(self.at, prefix + length)?;
        let message = root_as_message(&head[prefix as usize..]).map_err(|e| self.blob.damaged(e))?;
        let block = Block::new(0, metadata_length(self.blob, prefix + length)?, message.bodyLength());
        let frame = frame(self.blob, self.at, block)?;
        self.at += frame.bytes.len() as u64;
        Ok(Some(frame))
    }
}

fn metadata_length(blob: &Blob, length: u64) -> Result<i32> {
    i32::try_from(length).map_err(|_| blob.damaged("a message's header has gigabytes"))
}

/// The blocks of a file in the file format: dictionaries, and batches of rows; and the bytes of its footer.
///
/// # Errors
/// A footer that is not whole.
pub(super) fn footer(blob: &Blob) -> Result<Buffer> {
    let cut = || blob.damaged("it ends in no footer, and so is cut");
    let end = blob.len().checked_sub(TAIL).ok_or_else(cut)?;
    let tail = blob.part(end, TAIL)?;
    let (length, mark) = tail.split_at(4);
    if mark != b"ARROW1" {
        return Err(cut());
    }
    let length = length.first_chunk::<4>().map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
    let start = end.checked_sub(length).ok_or_else(cut)?;
    let bytes = blob.part(start, length)?;
    root_as_footer(&bytes).map_err(|e| blob.damaged(e))?;
    Ok(Buffer::from(bytes))
}

/// The bytes of a block at `start`.
///
/// # Errors
/// One that the file does not hold; too little memory for it, or for what is packed in it.
pub(super) fn frame(blob: &Blob, start: u64, block: Block) -> Result<Frame> {
    let (head, body) = (u64::try_from(block.metaDataLength()), u64::try_from(block.bodyLength()));
    let (Ok(head @ 8..), Ok(body)) = (head, body) else {
        return Err(blob.damaged("a message has a length below 0"));
    };
    let length = head.checked_add(body).ok_or_else(|| blob.damaged("a message is longer than any file"))?;
    let bytes = Buffer::from(blob.part(start, length)?);
    let prefix = if bytes.starts_with(&CONTINUES) { 8 } else { 4 };
    let (head, body) = bytes.split_at(head as usize);
    let message = root_as_message(&head[prefix..]).map_err(|e| blob.damaged(e))?;
    let unpacked = unpacked(&message, body);
    memory::room(|| format!("unpacking {}", blob.path.display()), unpacked)?;
    Ok(Frame { block, bytes })
}

/// What the packed columns of a message take when they are unpacked.
fn unpacked(message: &Message, body: &[u8]) -> u64 {
    let batch: Option<RecordBatch> = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|batch| batch.data()),
        _ => None,
    };
    let Some(buffers) = batch.filter(|batch| batch.compression().is_some()).and_then(|batch| batch.buffers()) else {
        return 0;
    };
    let size = |buffer: &arrow_ipc::Buffer| {
        let start = usize::try_from(buffer.offset()).ok()?;
        let size = body.get(start..)?.first_chunk::<8>().filter(|_| buffer.length() >= 8)?;
        // −1 says that it is not packed.
        u64::try_from(i64::from_le_bytes(*size)).ok()
    };
    buffers.iter().filter_map(size).fold(0, u64::saturating_add)
}

/// What the crate says of a damaged file.
pub(super) fn damaged(blob: &Blob, why: arrow_schema::ArrowError) -> Error {
    blob.damaged(why)
}
