//! How messages follow each other in an event file (TFRecord): each with its length, and a checksum of both.

use std::io::{self, Write};

/// Writes one message: its length (8 bytes, the lowest first), the checksum of these, the bytes, the checksum of those. Gives how many bytes that took.
///
/// # Errors
/// What the writer says.
pub fn write(to: &mut dyn Write, message: &[u8]) -> io::Result<u64> {
    let length = (message.len() as u64).to_le_bytes();
    to.write_all(&length)?;
    to.write_all(&checksum(&length).to_le_bytes())?;
    to.write_all(message)?;
    to.write_all(&checksum(message).to_le_bytes())?;
    Ok(8 + 4 + message.len() as u64 + 4)
}

/// CRC-32C, masked as TensorFlow does: a checksum of bytes that hold checksums themselves would be a poor one.
fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `RecordWriter(file).write(b"abc")` of tensorboard.summary.writer.record_writer.
    #[test]
    fn a_record_is_that_of_tensorboard() {
        let mut file = Vec::new();
        assert_eq!(write(&mut file, b"abc").unwrap(), 19);
        let hex: String = file.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "0300000000000000b099490e6162636e57f121");
    }
}
