//! Values that are filled up: with a text, an item, a replacement.

use crate::memory::room_for_values;
use crate::script::base::ScriptResult;
use rhai::{Array, Blob, Dynamic, ImmutableString, Map, plugin::*};

fn length(function: &str, len: i64, each: usize) -> ScriptResult<usize> {
    let len = usize::try_from(len).unwrap_or(0);
    room_for_values(&format!("{function}: a value"), (len as u64).saturating_mul(each as u64))?;
    Ok(len)
}

/// What a copy of a value takes in memory beside its place; texts and what is shared are not copied.
fn copied(value: &Dynamic) -> u64 {
    /// A block of memory, and a place in a map.
    const BLOCK: u64 = 64;
    if value.is_shared() {
        return 0;
    }
    if let Some(array) = value.read_lock::<Array>() {
        return array.iter().fold(BLOCK, |all, item| all + size_of::<Dynamic>() as u64 + copied(item));
    }
    if let Some(map) = value.read_lock::<Map>() {
        return map.values().fold(BLOCK, |all, item| all + BLOCK + copied(item));
    }
    value.read_lock::<Blob>().map_or(0, |blob| blob.len() as u64 + BLOCK)
}

fn padded(string: &mut ImmutableString, len: i64, with: &str) -> ScriptResult<ImmutableString> {
    let missing = length("pad", len, with.len().max(1))?.saturating_sub(string.chars().count());
    if missing > 0 && !with.is_empty() {
        let times = missing.div_ceil(with.chars().count());
        *string += with.repeat(times).as_str();
    }
    Ok(string.clone())
}

fn replaced(string: &mut ImmutableString, find: &str, with: &str) -> ScriptResult<()> {
    // An empty one is found before each character, and at the end.
    let most = string.matches(find).count() as u64;
    room_for_values("replace: a text", most.saturating_mul(with.len() as u64).saturating_add(string.len() as u64))?;
    if !string.is_empty() {
        *string = string.replace(find, with).into();
    }
    Ok(())
}

fn blob_of(len: i64, value: i64) -> ScriptResult<Blob> {
    Ok(vec![value as u8; length("blob", len, 1)?])
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Fills a text with a character or a text until it has at least `len` characters, and gives it.
    ///
    /// Errors: more than fits into memory.
    ///
    /// ```rhai
    /// let text = "7";
    /// text.pad(3, ' ');
    /// assert_eq(text, "7  ");
    /// assert_eq(`${1.5}`.pad(6, " ") + "|", "1.5   |");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pad(string: &mut ImmutableString, len: i64, with: &str) -> ScriptResult<ImmutableString> {
        padded(string, len, with)
    }

    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_with_character(string: &mut ImmutableString, len: i64, with: char) -> ScriptResult<ImmutableString> {
        padded(string, len, with.encode_utf8(&mut [0; 4]))
    }

    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_array(array: &mut Array, len: i64, item: Dynamic) -> ScriptResult<()> {
        let len = length("pad", len, size_of::<Dynamic>())?;
        // Each is a copy, arrays and maps in it included.
        let missing = len.saturating_sub(array.len()) as u64;
        room_for_values("pad: an array", copied(&item).saturating_mul(missing))?;
        if len > array.len() {
            array.resize(len, item);
        }
        Ok(())
    }

    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_blob(blob: &mut Blob, len: i64, value: i64) -> ScriptResult<()> {
        let len = length("pad", len, 1)?;
        if len > blob.len() {
            blob.resize(len, value as u8);
        }
        Ok(())
    }

    /// Puts a text in the place of another, wherever it stands.
    ///
    /// Errors: more than fits into memory.
    ///
    /// ```rhai
    /// let text = "a bad film";
    /// text.replace("bad", "good");
    /// assert_eq(text, "a good film");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn replace(string: &mut ImmutableString, find: &str, with: &str) -> ScriptResult<()> {
        replaced(string, find, with)
    }

    #[rhai_fn(name = "replace", return_raw)]
    pub fn replace_with_character(string: &mut ImmutableString, find: &str, with: char) -> ScriptResult<()> {
        replaced(string, find, with.encode_utf8(&mut [0; 4]))
    }

    #[rhai_fn(name = "replace", return_raw)]
    pub fn replace_character(string: &mut ImmutableString, find: char, with: &str) -> ScriptResult<()> {
        replaced(string, find.encode_utf8(&mut [0; 4]), with)
    }

    #[rhai_fn(name = "replace", return_raw)]
    pub fn replace_characters(string: &mut ImmutableString, find: char, with: char) -> ScriptResult<()> {
        replaced(string, find.encode_utf8(&mut [0; 4]), with.encode_utf8(&mut [0; 4]))
    }

    /// So many bytes, all of them 0 or `value`.
    ///
    /// Errors: more than fit into memory.
    ///
    /// ```rhai
    /// assert_eq(blob(3, 7).len(), 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn blob(len: i64, value: i64) -> ScriptResult<Blob> {
        blob_of(len, value)
    }

    #[rhai_fn(name = "blob", return_raw)]
    pub fn blob_of_zeros(len: i64) -> ScriptResult<Blob> {
        blob_of(len, 0)
    }
}
