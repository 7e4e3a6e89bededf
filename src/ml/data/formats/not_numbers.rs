//! `NaN` and `Infinity` in JSON, which Python's `json` writes and JSON does not have.

use serde::de::DeserializeOwned;

const NAMES: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads JSON in which what is not a number stands for nothing, as `null` does.
///
/// # Errors
/// Those of the text as it is.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text)
        .or_else(|wrong| with_nulls(text).and_then(|text| serde_json::from_str(&text).ok()).ok_or(wrong))
}

/// The text with `null` for each of the names outside of quotes; none where there is none.
fn with_nulls(text: &str) -> Option<String> {
    let mut nulls = String::with_capacity(text.len());
    let mut rest = text;
    let (mut is_quoted, mut is_changed) = (false, false);
    while let Some(next) = rest.chars().next() {
        let name = NAMES.iter().find(|name| !is_quoted && rest.starts_with(**name));
        let length = match (name, next) {
            (Some(name), _) => name.len(),
            (None, '\\') if is_quoted => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => next.len_utf8(),
        };
        is_quoted ^= next == '"';
        is_changed |= name.is_some();
        nulls.push_str(if name.is_some() { "null" } else { &rest[..length] });
        rest = &rest[length..];
    }
    is_changed.then_some(nulls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_is_not_a_number_is_null_outside_of_texts_alone() {
        let text = r#"{"a": NaN, "b": -Infinity, "c": "NaN \" Infinity", "d": [Infinity, 1], "é": "\\"}"#;
        let expected = json!({ "a": null, "b": null, "c": "NaN \" Infinity", "d": [null, 1], "é": "\\" });
        assert_eq!(read::<Value>(text).unwrap(), expected);
        for wrong in ["{\"a\": nan}", "{\"a\": NaN", "{\"a\": NaNs}", "\"\\", ""] {
            assert!(read::<Value>(wrong).is_err(), "{wrong}");
        }
    }
}
