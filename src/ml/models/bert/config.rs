//! What a BERT is: the items of a Hugging Face `config.json`, as transformers' `BertConfig` has them.

use super::activation::Activation;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use std::path::Path;

/// The items that decide what is computed. Others (`architectures`, `use_cache`, `id2label`, …) are about other things.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub vocab_size: i64,
    pub hidden_size: i64,
    pub num_hidden_layers: i64,
    pub num_attention_heads: i64,
    pub intermediate_size: i64,
    pub hidden_act: Activation,
    pub hidden_dropout_prob: f64,
    pub attention_probs_dropout_prob: f64,
    pub max_position_embeddings: i64,
    pub type_vocab_size: i64,
    /// The standard deviation of new weights.
    pub initializer_range: f64,
    pub layer_norm_eps: f64,
    /// The token whose row in the table of words is never trained.
    pub pad_token_id: Option<i64>,
}

/// bert-base-uncased, which is what `BertConfig()` is.
impl Default for Config {
    fn default() -> Self {
        Config {
            vocab_size: 30522,
            hidden_size: 768,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            intermediate_size: 3072,
            hidden_act: Activation::default(),
            hidden_dropout_prob: 0.1,
            attention_probs_dropout_prob: 0.1,
            max_position_embeddings: 512,
            type_vocab_size: 2,
            initializer_range: 0.02,
            layer_norm_eps: 1e-12,
            pad_token_id: Some(0),
        }
    }
}

impl Config {
    /// Reads a `config.json`; an item that is not there has the value that it has in `BertConfig()`.
    ///
    /// # Errors
    /// A file that cannot be read or is no JSON object; an item of the wrong type or range, or one that asks for what is not
    /// supported (a decoder, relative positions, another kind of model): all named.
    pub fn read(path: &Path) -> Result<Config> {
        Config::of(Config::items(path)?).map_err(|e| e.within(&path.display().to_string()))
    }

    /// The items of a `config.json`, whatever they say.
    ///
    /// # Errors
    /// A file that cannot be read or is no JSON object.
    pub fn items(path: &Path) -> Result<Map<String, Value>> {
        let text = access::read(path)?;
        serde_json::from_slice(&text).map_err(|e| Error::data(format!("{} is no configuration: {e}", path.display())))
    }

    /// The configuration that these items make.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn of(items: Map<String, Value>) -> Result<Config> {
        let mut read = Items { items, wrong: Vec::new() };
        let usual = Config::default();
        read.supported();
        let config = Config {
            vocab_size: read.size("vocab_size", usual.vocab_size),
            hidden_size: read.size("hidden_size", usual.hidden_size),
            num_hidden_layers: read.size("num_hidden_layers", usual.num_hidden_layers),
            num_attention_heads: read.size("num_attention_heads", usual.num_attention_heads),
            intermediate_size: read.size("intermediate_size", usual.intermediate_size),
            hidden_act: read.activation(),
            hidden_dropout_prob: read.number("hidden_dropout_prob", usual.hidden_dropout_prob, 0.0..1.0),
            attention_probs_dropout_prob: read.number(
                "attention_probs_dropout_prob",
                usual.attention_probs_dropout_prob,
                0.0..1.0,
            ),
            max_position_embeddings: read.size("max_position_embeddings", usual.max_position_embeddings),
            type_vocab_size: read.size("type_vocab_size", usual.type_vocab_size),
            initializer_range: read.number("initializer_range", usual.initializer_range, 0.0..1e3),
            layer_norm_eps: read.number("layer_norm_eps", usual.layer_norm_eps, f64::MIN_POSITIVE..1.0),
            pad_token_id: read.pad_token(usual.pad_token_id),
        };
        if config.hidden_size % config.num_attention_heads != 0 {
            let (size, heads) = (config.hidden_size, config.num_attention_heads);
            read.wrong.push(format!("hidden_size {size} is not a multiple of num_attention_heads {heads}"));
        }
        if config.pad_token_id.is_some_and(|id| id >= config.vocab_size) {
            read.wrong.push("pad_token_id is beyond vocab_size".into());
        }
        match read.wrong.is_empty() {
            true => Ok(config),
            false => {
                Err(Error::new(ErrorKind::Option, format!("this BERT is not supported: {}", read.wrong.join("; "))))
            }
        }
    }

    /// How many numbers each head of the attention has.
    pub fn head_size(&self) -> i64 {
        self.hidden_size / self.num_attention_heads
    }
}

/// No machine has room for more, and products of sizes stay far from overflow.
const LARGEST: i64 = 1 << 24;

struct Items {
    items: Map<String, Value>,
    wrong: Vec<String>,
}

impl Items {
    fn get(&self, name: &str) -> Option<Value> {
        self.items.get(name).filter(|value| !value.is_null()).cloned()
    }

    fn size(&mut self, name: &str, usual: i64) -> i64 {
        let Some(value) = self.get(name) else { return usual };
        match value.as_i64().filter(|n| (1..=LARGEST).contains(n)) {
            Some(size) => size,
            None => {
                self.wrong.push(format!("{name} is {value}, expected an integer of 1 to {LARGEST}"));
                1
            }
        }
    }

    fn number(&mut self, name: &str, usual: f64, range: std::ops::Range<f64>) -> f64 {
        let Some(value) = self.get(name) else { return usual };
        match value.as_f64().filter(|n| range.contains(n)) {
            Some(number) => number,
            None => {
                let (from, to) = (range.start, range.end);
                self.wrong.push(format!("{name} is {value}, expected a number of at least {from} and below {to}"));
                usual
            }
        }
    }

    fn activation(&mut self) -> Activation {
        let Some(value) = self.get("hidden_act") else { return Activation::default() };
        let named = value.as_str().map(Activation::named);
        named.unwrap_or_else(|| Err(Error::value("expected a name"))).unwrap_or_else(|e| {
            self.wrong.push(format!("hidden_act is {value}: {e}"));
            Activation::default()
        })
    }

    fn pad_token(&mut self, usual: Option<i64>) -> Option<i64> {
        match self.items.get("pad_token_id") {
            None => usual,
            Some(Value::Null) => None,
            Some(value) => {
                let id = value.as_i64().filter(|id| *id >= 0);
                if id.is_none() {
                    self.wrong.push(format!("pad_token_id is {value}, expected the number of a token"));
                }
                id
            }
        }
    }

    /// Items that must have one value, since nothing else is built.
    fn supported(&mut self) {
        let only = [
            ("model_type", Value::from("bert")),
            ("position_embedding_type", Value::from("absolute")),
            ("is_decoder", Value::from(false)),
            ("is_encoder_decoder", Value::from(false)),
            ("add_cross_attention", Value::from(false)),
        ];
        for (name, supported) in only {
            if let Some(value) = self.get(name).filter(|value| *value != supported) {
                self.wrong.push(format!("{name} is {value}, only {supported} is"));
            }
        }
        if let Some(pruned) = self.get("pruned_heads").filter(|v| v.as_object().is_none_or(|heads| !heads.is_empty())) {
            self.wrong.push(format!("pruned_heads is {pruned}, only all heads are"));
        }
        if let Some(width) = self.get("embedding_size").filter(|v| Some(v) != self.get("hidden_size").as_ref()) {
            self.wrong.push(format!("embedding_size is {width}, only that of hidden_size is"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(items: Value) -> Result<Config> {
        Config::of(items.as_object().unwrap().clone())
    }

    #[test]
    fn without_items_it_is_bert_base_uncased() {
        assert_eq!(of(json!({ "use_cache": true, "architectures": ["BertModel"] })).unwrap(), Config::default());
        assert_eq!(of(json!({ "pad_token_id": null })).unwrap().pad_token_id, None);
    }

    #[test]
    fn all_that_is_wrong_or_not_supported_is_named_at_once() {
        let message = of(json!({
            "model_type": "roberta", "position_embedding_type": "relative_key", "is_decoder": true,
            "pruned_heads": { "1": [0] }, "hidden_act": "gelu_nwe", "hidden_size": 10, "num_attention_heads": 3,
            "num_hidden_layers": 0, "layer_norm_eps": "small", "hidden_dropout_prob": 1.0, "pad_token_id": -1,
        }))
        .unwrap_err()
        .message;
        for part in [
            "model_type is \"roberta\", only \"bert\" is",
            "position_embedding_type is \"relative_key\"",
            "is_decoder is true",
            "pruned_heads",
            "did you mean `gelu_new`?",
            "hidden_size 10 is not a multiple of num_attention_heads 3",
            "num_hidden_layers is 0",
            "layer_norm_eps is \"small\"",
            "hidden_dropout_prob is 1.0",
            "pad_token_id is -1",
        ] {
            assert!(message.contains(part), "`{part}` is not in {message}");
        }
    }
}
