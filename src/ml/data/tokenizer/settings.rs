//! What the files beside a tokenizer say of it: `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json`, and the model's
//! `config.json`. Where they say the same thing twice, it is as transformers 5 decides.

use super::class::Class;
use crate::access;
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use tokenizers::AddedToken;

/// The special tokens that have a part to play, by the names of their items.
const NAMED: [&str; 7] = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
/// Lists of more special tokens: transformers 5's name, and that of before.
const MORE: [&str; 2] = ["extra_special_tokens", "additional_special_tokens"];

/// No model reads more tokens at once.
const LONGEST: usize = 1 << 24;

pub(super) struct Settings {
    items: Map<String, Value>,
    /// `added_tokens.json`: tokens and their numbers.
    added: Map<String, Value>,
    /// What transformers would read the tokenizer as; none where no file beside it says so.
    class: Option<Class>,
    /// Whether there is a `tokenizer_config.json`.
    configured: bool,
}

impl Settings {
    /// What stands beside the file of a tokenizer.
    ///
    /// # Errors
    /// A file that cannot be read or is no JSON object.
    pub fn beside(file: &Path) -> Result<Settings> {
        let beside = |name: &str| object(&file.with_file_name(name));
        let own = beside("tokenizer_config.json")?;
        let configured = own.is_some();
        let mut items = own.unwrap_or_default();
        let mut added = Map::new();
        // Where this item is, it is all that transformers reads of tokens.
        if !items.contains_key("added_tokens_decoder") {
            items.extend(beside("special_tokens_map.json")?.unwrap_or_default());
            added = beside("added_tokens.json")?.unwrap_or_default();
        }
        let model = beside("config.json")?.unwrap_or_default();
        let text = |items: &Map<String, Value>, name: &str| items.get(name)?.as_str().map(str::to_string);
        let class = text(&items, "tokenizer_class").or_else(|| text(&model, "tokenizer_class"));
        let class = match class {
            Some(class) => Class::named(&class),
            None => text(&model, "model_type").and_then(|kind| Class::of_model(&kind)),
        };
        Ok(Settings { items, added, class, configured })
    }

    pub fn class(&self) -> Option<Class> {
        self.class
    }

    /// Whether a `tokenizer.json` is to be read by what stands beside it.
    pub fn overrules(&self) -> bool {
        self.configured
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.items.get(name)?.as_bool()
    }

    /// The text of a special token, such as `pad_token`.
    pub fn token(&self, name: &str) -> Option<String> {
        Some(token(self.items.get(name)?, true)?.content)
    }

    /// How many tokens of a text the model is given at most. Of a tokenizer that does not know, transformers writes 10³⁰.
    pub fn max_len(&self) -> Option<usize> {
        let given = self.items.get("model_max_length")?.as_u64()?;
        usize::try_from(given).ok().filter(|length| (1..=LONGEST).contains(length))
    }

    /// Tokens beside the vocabulary, in the order of their numbers.
    pub fn added(&self) -> Vec<AddedToken> {
        let special: Vec<String> = self.special().into_iter().map(|token| token.content).collect();
        let mut all = BTreeMap::new();
        for (content, number) in &self.added {
            let is_special = special.contains(content);
            let made = AddedToken::from(content.as_str(), is_special).normalized(!is_special);
            all.extend(number.as_u64().map(|number| (number, made)));
        }
        let decoder = self.items.get("added_tokens_decoder").and_then(Value::as_object);
        for (number, given) in decoder.into_iter().flatten() {
            all.extend(number.parse().ok().zip(token(given, false)));
        }
        all.into_values().collect()
    }

    /// The special tokens.
    pub fn special(&self) -> Vec<AddedToken> {
        let named = NAMED.iter().filter_map(|name| self.items.get(*name));
        let lists = MORE.iter().find_map(|name| self.items.get(*name));
        let more = lists.into_iter().flat_map(|all| match all {
            Value::Array(all) => all.iter().collect(),
            Value::Object(all) => all.values().collect(),
            _ => Vec::new(),
        });
        named.chain(more).filter_map(|given| token(given, true)).collect()
    }
}

/// A token: a text, or an object with its `content` and how it is found.
fn token(given: &Value, special: bool) -> Option<AddedToken> {
    let content = given.as_str().or_else(|| given.get("content")?.as_str())?;
    let flag = |name: &str, usual: bool| given.get(name).and_then(Value::as_bool).unwrap_or(usual);
    let special = flag("special", special) || special;
    Some(
        AddedToken::from(content, special)
            .lstrip(flag("lstrip", false))
            .rstrip(flag("rstrip", false))
            .single_word(flag("single_word", false))
            .normalized(flag("normalized", !special)),
    )
}

/// The JSON object in a file; none where there is no file.
fn object(path: &Path) -> Result<Option<Map<String, Value>>> {
    if !access::is_file(path) {
        return Ok(None);
    }
    let items = serde_json::from_slice(&access::read(path)?);
    items.map(Some).map_err(|e| Error::data(format!("{} is no JSON object: {e}", path.display())))
}
