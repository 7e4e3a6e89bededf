//! The bytes of a Parquet file as its crate asks for them, none without a look whether the file has them and the memory, too.

use super::super::blob::Blob;
use crate::memory;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::io::{self, BufReader, Read};

/// So much of the header of a page tells its size.
const HEADER: u64 = 32;

pub(super) struct Chunks(pub Blob);

/// A file from a place on.
pub(super) struct Rest {
    blob: Blob,
    at: u64,
}

impl Read for Rest {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let part = self.blob.at_most(self.at, into.len() as u64).map_err(io::Error::other)?;
        into[..part.len()].copy_from_slice(&part);
        self.at += part.len() as u64;
        Ok(part.len())
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Rest>;

    /// Where a page begins: its header says what the page takes when it is unpacked.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let begin = self.0.at_most(start, HEADER).map_err(external)?;
        if let Some(unpacked) = unpacked_size(&begin) {
            memory::room(|| format!("unpacking {}", self.0.path.display()), unpacked).map_err(external)?;
        }
        Ok(BufReader::new(Rest { blob: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.part(start, length as u64).map_err(external)
    }
}

fn external(error: crate::error::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// The second field of a page's header, in Thrift's compact protocol: field 1 its kind, field 2 its size when it is unpacked.
fn unpacked_size(header: &[u8]) -> Option<u64> {
    /// The next field, a 32-bit number.
    const FIELD: u8 = 0x15;
    let behind_kind = varint(header.strip_prefix(&[FIELD])?)?.1;
    let (zigzag, _) = varint(behind_kind.strip_prefix(&[FIELD])?)?;
    // A negative one is refused later.
    (zigzag & 1 == 0).then_some(zigzag >> 1)
}

/// A number of seven bits a byte, and what stands behind it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
    let value = bytes[..length].iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f));
    Some((value, &bytes[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_page_is_seen_in_its_header() {
        // A data page (0) of 300 bytes, packed into 5.
        assert_eq!(unpacked_size(&[0x15, 0, 0x15, 0xd8, 0x04, 0x15, 10]), Some(300));
        for other in [&[][..], &[0x15], &[0x15, 0, 0x15, 0x80], &[0x15, 0, 0x15, 1], &[0x16, 0]] {
            assert_eq!(unpacked_size(other), None);
        }
    }
}
