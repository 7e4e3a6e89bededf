//! Rows as text: a word and its numbers a line, white space between them.

use super::block::Block;
use super::number::{is_number, number};

/// The rows of lines that end where the next begins.
pub(super) fn parse(bytes: &[u8], dim: usize) -> Block {
    let mut block = Block::with_room(bytes.len() / 2);
    let mut at = 0;
    while at < bytes.len() {
        block.lines += 1;
        match row(&mut block, &bytes[at..], dim) {
            Ok(length) => at += length,
            Err(why) => {
                block.problem = Some((block.lines, why));
                break;
            }
        }
    }
    block
}

/// Behind the first line feed.
pub(super) fn line_end(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}

/// What of a line stands between white space.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.trim_ascii_end().split(|b| is_space(*b)).filter(|field| !field.is_empty())
}

/// How many of a line's fields are numbers behind a word: those at its end. None of a line without a word or without numbers.
pub(super) fn width(line: &[u8]) -> Option<usize> {
    let fields: Vec<&[u8]> = fields(line).collect();
    let numbers = fields.iter().rev().take_while(|field| is_number(field)).count();
    // Where all are numbers, the first is a word; or there is an empty one in front of it.
    let is_empty = line.first().is_some_and(|b| is_space(*b));
    let most = fields.len() - usize::from(!is_empty && !fields.is_empty());
    Some(numbers.min(most)).filter(|width| *width > 0)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Takes the line that `bytes` begin with, and gives its length.
fn row(block: &mut Block, bytes: &[u8], dim: usize) -> Result<usize, String> {
    if let Some(space) = bytes.iter().position(|b| is_space(*b) || *b == b'\n') {
        let usual = block.add(&bytes[..space], |values| numbers(&bytes[space..], dim, values).ok_or(()));
        if let Ok(length) = usual {
            return Ok(space + length);
        }
    }
    let length = line_end(bytes);
    unusual(block, &bytes[..length], dim)?;
    Ok(length)
}

/// Reads `dim` numbers, each behind white space, and the line's end, and gives their length; nothing where that is not what follows.
fn numbers(bytes: &[u8], dim: usize, values: &mut Vec<u8>) -> Option<usize> {
    let mut at = 0;
    for _ in 0..dim {
        if !is_space(*bytes.get(at)?) {
            return None;
        }
        at += 1;
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        let (value, length) = number(&bytes[at..])?;
        values.extend_from_slice(&value.to_le_bytes());
        at += length;
    }
    loop {
        match bytes.get(at) {
            None => return Some(at),
            Some(b'\n') => return Some(at + 1),
            Some(b' ' | b'\r' | b'\t') => at += 1,
            Some(_) => return None,
        }
    }
}

/// A line that is empty, or whose word holds spaces, or that is wrong.
fn unusual(block: &mut Block, line: &[u8], dim: usize) -> Result<(), String> {
    let count = fields(line).count();
    if count == 0 {
        return Ok(()); // As some files end with.
    }
    let Some(words) = words(line, count, dim) else {
        let width = count - 1;
        return Err(format!("{width} numbers behind the word, expected {dim} as in the first line"));
    };
    let word = joined(line, words);
    block.add(word, |values| {
        for field in fields(line).skip(words) {
            let (text, word) = (String::from_utf8_lossy(field), String::from_utf8_lossy(word));
            match text.parse::<f32>() {
                Ok(value) if value.is_finite() => values.extend(value.to_le_bytes()),
                _ => return Err(format!("`{text}` in the row of `{word}` is not a finite number")),
            }
        }
        Ok(())
    })
}

/// How many of a line's `count` fields are its word, if `dim` numbers are behind it. A few words of GloVe 840B hold spaces
/// (`at name@domain.com`): then what is left of the numbers holds something that is no number.
fn words(line: &[u8], count: usize, dim: usize) -> Option<usize> {
    match count.checked_sub(dim)? {
        0 => line.first().is_some_and(|b| is_space(*b)).then_some(0),
        1 => Some(1),
        more => (!fields(line).skip(1).take(more - 1).all(is_number)).then_some(more),
    }
}

/// The first `count` fields, with what is between them.
fn joined(line: &[u8], count: usize) -> &[u8] {
    let start = line.iter().position(|b| !is_space(*b)).unwrap_or(0);
    let mut end = start;
    for field in fields(line).take(count) {
        end += line[end..].iter().take_while(|b| is_space(**b)).count() + field.len();
    }
    &line[start..end]
}
