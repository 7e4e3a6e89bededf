//! How much a text can grow on its way through a tokenizer. What a `tokenizer.json` asks for is carried out by the tokenizers' crate, which
//! would take any memory for it: forty replacements of a letter by two are a terabyte.

use crate::error::Result;
use crate::memory;
use serde_json::Value;
use tokenizers::Tokenizer;

/// What a byte of a normalized text takes: its places in the text of before, and the tokens.
const OF_A_BYTE: f64 = 48.0;

/// The most bytes that come of a text: so many for each of its own, and so many more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Growth {
    times: f64,
    more: f64,
}

const NONE: Growth = Growth { times: 1.0, more: 0.0 };

impl Growth {
    pub fn of(tokenizer: &Tokenizer) -> Growth {
        let parts = [
            serde_json::to_value(tokenizer.get_normalizer()),
            serde_json::to_value(tokenizer.get_pre_tokenizer()),
            serde_json::to_value(tokenizer.get_decoder()),
        ];
        parts.iter().flatten().fold(NONE, |growth, part| growth.then(part))
    }

    /// This growth, and then that of a step as the file describes it.
    fn then(self, step: &Value) -> Growth {
        let list = ["normalizers", "pretokenizers", "decoders"].iter().find_map(|name| step.get(name)?.as_array());
        if let Some(steps) = list {
            return steps.iter().fold(self, Growth::then);
        }
        let text = |name| step.get(name).and_then(Value::as_str).map_or(0, str::len) as f64;
        let step = match step.get("type").and_then(Value::as_str) {
            Some("Replace") => {
                // A regular expression may match before each character, and behind the last.
                let found = step.pointer("/pattern/String").and_then(Value::as_str).map_or(1, |text| text.len().max(1));
                Growth { times: 1.0 + text("content") / found as f64, more: text("content") }
            }
            Some("Prepend") => Growth { times: 1.0, more: text("prepend") },
            // Unicode's own: no character becomes more than 18.
            Some("NFKC" | "NFKD" | "Precompiled") => Growth { times: 18.0, more: 0.0 },
            Some("Strip" | "StripAccents" | "Fuse") | None => NONE,
            Some(_) => Growth { times: 3.0, more: 3.0 },
        };
        Growth { times: self.times * step.times, more: self.more * step.times + step.more }
    }

    /// # Errors
    /// A text of `bytes` may become one that memory has no room for.
    pub fn room(self, operation: &str, bytes: usize) -> Result<()> {
        let most = (bytes as f64 * self.times + self.more) * OF_A_BYTE;
        let what = || format!("{operation}: a text of {bytes} bytes, by what its tokenizer may make of it,");
        memory::room(what, most as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_step_makes_of_a_text_what_it_says() {
        let replace = |from: &str, to: &str| json!({ "type": "Replace", "pattern": { "String": from }, "content": to });
        let growth = |step: Value| NONE.then(&step);
        assert_eq!(growth(replace("a", "aa")).times, 3.0);
        assert_eq!(growth(replace("  ", " ")).times, 1.5);
        let doubled = json!({ "type": "Sequence", "normalizers": vec![replace("a", "aa"); 40] });
        assert!(growth(doubled.clone()).times > 1e12);
        let nested = json!({ "type": "Sequence", "normalizers": [{ "type": "Sequence", "normalizers": [doubled] }] });
        assert!(growth(nested).times > 1e12);
        let by_expression = json!({ "type": "Replace", "pattern": { "Regex": "" }, "content": "x".repeat(1000) });
        assert_eq!(growth(by_expression).times, 1001.0);
        let behind =
            json!({ "type": "Sequence", "normalizers": [{ "type": "Prepend", "prepend": "abc" }, replace("a", "a")] });
        assert_eq!(growth(behind), Growth { times: 2.0, more: 7.0 });
        assert_eq!(growth(Value::Null), NONE);
    }
}
