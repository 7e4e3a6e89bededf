//! Texts and blobs taken apart: each part is a value of its own, many times as large as a letter.

use crate::memory::room_for_values;
use crate::script::base::ScriptResult;
use rhai::{Array, Blob, Dynamic, ImmutableString, plugin::*};

/// What a value takes in its array.
const VALUE: u64 = size_of::<Dynamic>() as u64;
/// As much, and a text.
const TEXT: u64 = 64;

fn parts<'a, I: Iterator<Item = &'a str>>(
    function: &str,
    text: &str,
    most: Option<i64>,
    split: impl Fn() -> I,
) -> ScriptResult<Array> {
    /// Counting takes as long as splitting.
    const SHORT: usize = 1 << 16;
    if text.len() > SHORT {
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let count = split().take(most).count() as u64;
        room_for_values(&format!("{function}: the array"), count * TEXT + text.len() as u64)?;
    }
    Ok(split().map(Into::into).collect())
}

fn segments(segments: i64) -> usize {
    usize::try_from(segments.max(1)).unwrap_or(usize::MAX)
}

fn of(c: char) -> String {
    c.to_string()
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The characters of a text, in an array.
    ///
    /// Errors: more than fit into memory.
    ///
    /// ```rhai
    /// assert_eq("abc".to_chars(), ['a', 'b', 'c']);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn to_chars(string: &str) -> ScriptResult<Array> {
        room_for_values("to_chars: the array", string.len() as u64 * VALUE)?;
        Ok(string.chars().map(Dynamic::from_char).collect())
    }

    /// The bytes of a blob, in an array of integers.
    ///
    /// Errors: more than fit into memory.
    ///
    /// ```rhai
    /// assert_eq(blob(2, 7).to_array(), [7, 7]);
    /// ```
    #[rhai_fn(name = "to_array", return_raw, pure)]
    pub fn blob_to_array(blob: &mut Blob) -> ScriptResult<Array> {
        room_for_values("to_array: the array", blob.len() as u64 * VALUE)?;
        Ok(blob.iter().map(|byte| Dynamic::from_int(i64::from(*byte))).collect())
    }

    /// The parts of a text between white space, or between two of a text or a character; at most so many, the last of which is the rest.
    ///
    /// Errors: more than fit into memory.
    ///
    /// ```rhai
    /// assert_eq("a b  c".split(), ["a", "b", "c"]);
    /// assert_eq("a, b, c".split(", ", 2), ["a", "b, c"]);
    /// ```
    #[rhai_fn(name = "split", return_raw, pure)]
    pub fn split_text(string: &mut ImmutableString) -> ScriptResult<Array> {
        parts("split", string, None, || string.split_whitespace())
    }

    #[rhai_fn(name = "split", return_raw)]
    pub fn split_at_text(string: &str, delimiter: &str) -> ScriptResult<Array> {
        parts("split", string, None, || string.split(delimiter))
    }

    #[rhai_fn(name = "split", return_raw)]
    pub fn split_at_text_up_to(string: &str, delimiter: &str, most: i64) -> ScriptResult<Array> {
        parts("split", string, Some(most), || string.splitn(segments(most), delimiter))
    }

    #[rhai_fn(name = "split", return_raw)]
    pub fn split_at_character(string: &str, delimiter: char) -> ScriptResult<Array> {
        split_at_text(string, &of(delimiter))
    }

    #[rhai_fn(name = "split", return_raw)]
    pub fn split_at_character_up_to(string: &str, delimiter: char, most: i64) -> ScriptResult<Array> {
        split_at_text_up_to(string, &of(delimiter), most)
    }

    /// As `split`, from the end.
    ///
    /// Errors: more than fit into memory.
    ///
    /// ```rhai
    /// assert_eq("a/b/c".split_rev("/", 2), ["c", "a/b"]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn split_rev(string: &str, delimiter: &str) -> ScriptResult<Array> {
        parts("split_rev", string, None, || string.rsplit(delimiter))
    }

    #[rhai_fn(name = "split_rev", return_raw)]
    pub fn split_rev_up_to(string: &str, delimiter: &str, most: i64) -> ScriptResult<Array> {
        parts("split_rev", string, Some(most), || string.rsplitn(segments(most), delimiter))
    }

    #[rhai_fn(name = "split_rev", return_raw)]
    pub fn split_rev_at_character(string: &str, delimiter: char) -> ScriptResult<Array> {
        split_rev(string, &of(delimiter))
    }

    #[rhai_fn(name = "split_rev", return_raw)]
    pub fn split_rev_at_character_up_to(string: &str, delimiter: char, most: i64) -> ScriptResult<Array> {
        split_rev_up_to(string, &of(delimiter), most)
    }

    /// The value that a text in JSON stands for.
    ///
    /// Errors: a text that is no JSON; more than fits into memory.
    ///
    /// ```rhai
    /// assert_eq(parse_json(`{"a": [1, 2]}`).a, [1, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn parse_json(json: &str) -> ScriptResult<Dynamic> {
        let values = json.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{' | b':')).count() as u64;
        room_for_values("parse_json: the value", values * TEXT + json.len() as u64)?;
        serde_json::from_str(json).map_err(|e| e.to_string().into())
    }
}
