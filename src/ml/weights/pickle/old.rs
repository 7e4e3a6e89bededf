//! The pickles that a file of before version 1.6 begins with, one behind the other.

use super::item::{Item, Refusal, TensorView};
use super::machine::Machine;
use super::state_dict::tensors;

/// The first of them: a number that tells such a file, by more than 64 bits.
pub const OLD: &[u8] = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";
/// The second: the version of the protocol.
const VERSION: i64 = 1001;

/// What such a file holds, before its storages.
pub struct Old {
    pub tensors: Vec<(String, TensorView)>,
    /// The storages, in the order in which they follow.
    pub keys: Vec<String>,
    /// The bytes of all pickles.
    pub length: usize,
}

/// Reads the pickles at the beginning of a file.
///
/// # Errors
/// As [`super::state_dict`]; another version, or another order of bytes.
pub fn old(file: &[u8]) -> Result<Old, Refusal> {
    let begin = file.strip_prefix(OLD).ok_or("it does not begin as such files do")?;
    let rest = next(begin, |version| match version {
        Item::Int(VERSION) => Ok(()),
        _ => Err(format!("its protocol is none that is known, which is {VERSION}")),
    })?
    .1;
    let rest = next(rest, little_endian)?.1;
    let (tensors, rest) = next(rest, tensors)?;
    let (keys, rest) = next(rest, keys)?;
    Ok(Old { tensors, keys, length: file.len() - rest.len() })
}

/// What is made of the next pickle, while its machine is there, and what stands behind it.
fn next<T>(pickles: &[u8], read: impl FnOnce(Item) -> Result<T, Refusal>) -> Result<(T, &[u8]), Refusal> {
    let mut machine = Machine::new(pickles);
    let held = machine.run()?;
    Ok((read(held)?, machine.rest()))
}

/// What the machine that wrote it was like.
fn little_endian(system: Item) -> Result<(), Refusal> {
    let Item::Dict(entries) = system else { return Err("it does not say what wrote it".into()) };
    let is_big = entries.borrow().iter().any(
        |(name, value)| matches!((name, value), (Item::Text(name), Item::Bool(false)) if &**name == "little_endian"),
    );
    if is_big { Err("its byte order is big".into()) } else { Ok(()) }
}

fn keys(held: Item) -> Result<Vec<String>, Refusal> {
    let Item::List(keys) = held else { return Err("it does not list its storages".into()) };
    let key = |key: &Item| match key {
        Item::Text(key) => Ok(key.to_string()),
        _ => Err("it lists as a storage what is none".to_string()),
    };
    keys.borrow().iter().map(key).collect()
}
