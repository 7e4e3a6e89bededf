//! A tokenizer as the files of which transformers makes the same one again.

use super::Tokenizer;
use super::files::JSON;
use crate::error::{Error, Result};
use serde_json::{Map, Value, json};

/// What stands beside it.
const CONFIG: &str = "tokenizer_config.json";
/// What hides a token, by the names that it has in some model.
const MASKS: [&str; 2] = ["[MASK]", "<mask>"];

impl Tokenizer {
    /// `tokenizer.json` and `tokenizer_config.json`, as names and texts: the tokenizer as it works here, of a model that is given `max_len` tokens of a
    /// text, with the segments' `types` or without. transformers 5 makes a `BertTokenizer` of a vocabulary and its own rules;
    /// a `PreTrainedTokenizerFast` is `tokenizer.json` and nothing else, in 4 as well.
    ///
    /// # Errors
    /// None that can be met.
    pub fn files(&self, max_len: usize, types: bool) -> Result<[(&'static str, String); 2]> {
        let whole = self.to_json()?;
        let parsed: Value = serde_json::from_str(&whole).map_err(|e| Error::data(format!("{JSON}: {e}")))?;
        let inputs = ["input_ids", "token_type_ids", "attention_mask"];
        let inputs: Vec<&str> = inputs.into_iter().filter(|name| types || *name != "token_type_ids").collect();
        let mut items = Map::from_iter([
            ("tokenizer_class".to_string(), json!("PreTrainedTokenizerFast")),
            ("model_max_length".to_string(), json!(max_len)),
            ("model_input_names".to_string(), json!(inputs)),
            ("clean_up_tokenization_spaces".to_string(), json!(false)),
        ]);
        items.extend(self.special(&parsed).into_iter().map(|(name, token)| (name.to_string(), json!(token))));
        let about = serde_json::to_string_pretty(&items).map_err(|e| Error::data(format!("{CONFIG}: {e}")))?;
        Ok([(JSON, whole), (CONFIG, about + "\n")])
    }

    /// The tokens with a part to play, by the names of their items. What is no special token yet would become one by its name; the one that pads must
    /// have it.
    fn special(&self, whole: &Value) -> Vec<(&'static str, String)> {
        let added: Vec<&str> =
            whole["added_tokens"].as_array().into_iter().flatten().filter_map(|t| t["content"].as_str()).collect();
        let (before, behind) = self.around();
        let token = |id: Option<&u32>| id.and_then(|id| self.token((*id).into()));
        let model = &whole["model"];
        let unk = model["unk_id"].as_u64().map_or(&model["unk_token"], |id| &model["vocab"][id as usize][0]);
        let named = [
            ("unk_token", unk.as_str().map(str::to_string)),
            ("cls_token", token(before.first())),
            ("sep_token", token(behind.last())),
            ("mask_token", MASKS.into_iter().find(|mask| added.contains(mask)).map(str::to_string)),
        ];
        let named =
            named.into_iter().filter_map(|(name, token)| Some((name, token.filter(|t| added.contains(&t.as_str()))?)));
        self.token(self.pad()).map(|pad| ("pad_token", pad)).into_iter().chain(named).collect()
    }
}
