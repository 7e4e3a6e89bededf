//! Rows as word2vec writes them in binary: a word, a space, its numbers as float32, little-endian, and perhaps a line feed.

use super::block::Block;
use super::number::is_number;
use std::convert::Infallible;

/// No word is longer: where none ends, the file is another.
const LONGEST: usize = 1 << 16;

/// Whether these are such rows, behind a header. In text, a number follows the word.
pub(super) fn is_binary(bytes: &[u8], dim: usize) -> bool {
    let row = &bytes[line_feeds(bytes)..];
    let Some(space) = memchr::memchr(b' ', &row[..row.len().min(LONGEST)]) else { return false };
    let numbers = &row[space + 1..];
    let is_text = numbers.split(u8::is_ascii_whitespace).next().is_some_and(is_number);
    let numbers = &numbers[..numbers.len().min(dim.saturating_mul(4))];
    let is_no_text = std::str::from_utf8(numbers).is_err_and(|e| e.error_len().is_some());
    !is_text && (is_no_text || numbers.iter().any(|b| b.is_ascii_control() && !b.is_ascii_whitespace()))
}

/// Where the last whole row ends.
pub(super) fn whole(bytes: &[u8], dim: usize) -> usize {
    let mut at = 0;
    while let Some((_, numbers)) = word(&bytes[at..]) {
        match at.checked_add(numbers).and_then(|start| start.checked_add(4 * dim)) {
            Some(end) if end <= bytes.len() => at = end,
            _ => break,
        }
    }
    at
}

/// The rows, each as long as it is to be.
pub(super) fn parse(bytes: &[u8], dim: usize) -> Block {
    let mut block = Block::with_room(bytes.len());
    let mut at = line_feeds(bytes);
    let mut ends_in_feed = None;
    while at < bytes.len() {
        block.lines += 1;
        let rest = &bytes[at..];
        let row = word(rest).and_then(|(word, start)| Some((word, start, rest.get(start..start + 4 * dim)?)));
        let Some((word, start, numbers)) = row else {
            block.problem = Some((block.lines, format!("no word and {dim} numbers: the file is cut short or damaged")));
            break;
        };
        if let Some(value) = numbers.chunks_exact(4).map(value).find(|value| !value.is_finite()) {
            let word = String::from_utf8_lossy(word);
            block.problem = Some((block.lines, format!("`{value}` in the row of `{word}` is not a finite number")));
            break;
        }
        let Ok(()) = block.add(word, |values| {
            values.extend_from_slice(numbers);
            Ok::<(), Infallible>(())
        });
        at += start + numbers.len();
        let feeds = line_feeds(&bytes[at..]);
        // Where rows end in a line feed, all do.
        if at < bytes.len() && *ends_in_feed.get_or_insert(feeds > 0) && feeds == 0 {
            let word = String::from_utf8_lossy(word);
            block.problem = Some((
                block.lines,
                format!(
                    "the row of `{word}` does not end in a line feed as others do: does a space stand in its word?"
                ),
            ));
            break;
        }
        at += feeds;
    }
    block
}

/// The word, and where its numbers begin.
fn word(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let start = line_feeds(bytes);
    let space = memchr::memchr(b' ', &bytes[start..bytes.len().min(start + LONGEST)])?;
    Some((&bytes[start..start + space], start + space + 1))
}

fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| **b == b'\n').count()
}

fn value(bytes: &[u8]) -> f32 {
    f32::from_le_bytes(std::array::from_fn(|i| bytes[i]))
}
