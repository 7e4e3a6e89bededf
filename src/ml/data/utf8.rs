//! Texts whose bytes are not all UTF-8.

use std::borrow::Cow;

/// The text, and how many characters stand in it for bytes that were not UTF-8.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, usize) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), 0),
        Err(_) => {
            let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            (String::from_utf8_lossy(bytes), replaced)
        }
    }
}

/// The same, of bytes that are not held elsewhere.
pub(super) fn decode_owned(bytes: Vec<u8>) -> (String, usize) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, 0),
        Err(e) => {
            let (text, replaced) = decode(e.as_bytes());
            (text.into_owned(), replaced)
        }
    }
}
