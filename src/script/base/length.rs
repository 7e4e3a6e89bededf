//! How long the text of a value would be, before it is made: an array holds a text a thousand times and no more memory for it, but its text
//! does.

use crate::error::{Error, ErrorKind, Result};
use crate::memory::room_for_values;
use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map};

/// Deeper values have no text: it would take as deep a stack.
const DEEPEST: usize = 10_000;
/// What shows itself is no longer, tensors and tables included.
const OTHER: u64 = 64;

/// Refuses an array whose text memory has no room for. `function` would make it.
///
/// # Errors
/// Kind `memory`: too long a text. Kind `value`: an array that is nested too deep.
pub fn room_for_array(function: &str, array: &Array) -> Result<()> {
    asked(function, |length, room| add_array(array, length, 0, room))
}

/// As [`room_for_array`], of a map.
///
/// # Errors
/// As those of [`room_for_array`].
pub fn room_for_map(function: &str, map: &Map) -> Result<()> {
    asked(function, |length, room| add_map(map, length, 0, room))
}

/// Whether there is room.
type Room<'a> = dyn FnMut(u64) -> Result<()> + 'a;

fn asked(function: &str, add: impl FnOnce(&mut u64, &mut Room) -> Result<()>) -> Result<()> {
    let what = format!("{function}: a text");
    let mut length = 0;
    add(&mut length, &mut |length| room_for_values(&what, length))?;
    room_for_values(&what, length)
}

fn add_array(array: &Array, length: &mut u64, depth: usize, room: &mut Room) -> Result<()> {
    *length += 2;
    for item in array {
        *length += 2;
        add(item, length, depth + 1, room)?;
    }
    Ok(())
}

fn add_map(map: &Map, length: &mut u64, depth: usize, room: &mut Room) -> Result<()> {
    *length += 3;
    for (key, item) in map {
        *length += quoted(key) + 4;
        add(item, length, depth + 1, room)?;
    }
    Ok(())
}

/// Adds the length of a text, its quotes and escapes; asks `room` now and then.
fn add(value: &Dynamic, length: &mut u64, depth: usize, room: &mut Room) -> Result<()> {
    if depth > DEEPEST {
        let message = format!("a value is nested more than {DEEPEST} deep: it has no text");
        return Err(Error::new(ErrorKind::Value, message));
    }
    let before = *length;
    if value.is_locked() {
        *length += OTHER;
    } else if let Some(array) = value.read_lock::<Array>() {
        add_array(&array, length, depth, room)?;
    } else if let Some(map) = value.read_lock::<Map>() {
        add_map(&map, length, depth, room)?;
    } else if let Some(text) = value.read_lock::<ImmutableString>() {
        *length += quoted(&text);
    } else if let Some(blob) = value.read_lock::<Blob>() {
        *length += 4 * blob.len() as u64;
    } else if let Some(function) = value.read_lock::<FnPtr>() {
        // What it has captured is not shown.
        *length += OTHER + function.fn_name().len() as u64;
    } else {
        *length += OTHER;
    }
    /// Memory is asked for no less often.
    const PORTION: u64 = 1 << 20;
    if before / PORTION != *length / PORTION { room(*length) } else { Ok(()) }
}

/// The length between quotes.
fn quoted(text: &str) -> u64 {
    let escaped = |byte: &&u8| !(b' '..0x7f).contains(*byte) || matches!(**byte, b'"' | b'\\');
    let escapes = text.as_bytes().iter().filter(escaped).count();
    2 + text.len() as u64 + 5 * escapes as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Engine;

    fn length(script: &str) -> u64 {
        let value: Dynamic = Engine::new().eval(script).unwrap();
        let mut length = 0;
        add(&value, &mut length, 0, &mut |_| Ok(())).unwrap();
        length
    }

    #[test]
    fn no_value_has_a_longer_text() {
        for script in [
            "[]",
            "[1, -9223372036854775807, 1.5, 1e300, true, (), 'x']",
            r#"["a", "\n\"\\", "\u0001\u007f\u200b", "é日🎬"]"#,
            r#"#{ a: #{ "b c": [[[]]] } }"#,
            "blob(20, 255)",
        ] {
            let value: Dynamic = Engine::new().eval(script).unwrap();
            let shown = format!("{value:?}").len().max(format!("{value}").len()) as u64;
            assert!(length(script) >= shown, "{script}: {} and {shown}", length(script));
        }
    }

    #[test]
    fn what_is_shared_counts_each_time() {
        assert!(length("let s = \"x\"; s.pad(1000, 'x'); let a = []; a.pad(200, s); a") > 200_000);
    }
}
