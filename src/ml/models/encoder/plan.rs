//! What an encoder computes, and what its parts are called.

use super::activation::Activation;

/// What a family makes of the items of its `config.json`. Fields have the names of transformers' `BertConfig`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub names: &'static Names,
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

impl Plan {
    /// What its tables, matrices and layers take.
    pub fn bytes(&self) -> u64 {
        /// Of a layer, beside the numbers: sixteen tensors and their names, be they as small as they like.
        const LAYER: f64 = 16384.0;
        let [words, positions, types] =
            [self.vocab_size, self.max_position_embeddings, self.type_vocab_size].map(|n| n as f64);
        let [width, inner, layers] =
            [self.hidden_size, self.intermediate_size, self.num_hidden_layers].map(|n| n as f64);
        let layer = 4.0 * width * width + 2.0 * width * inner;
        (size_of::<f32>() as f64 * (width * (words + positions + types + width) + layers * layer) + LAYER * layers)
            as u64
    }
}

/// A part's name, which stands in front of its parameters' names, and its class in transformers.
#[derive(Debug, PartialEq)]
pub struct PartName {
    pub name: &'static str,
    pub class: &'static str,
}

/// What the parts are called in transformers: parameters are saved under these names, and prints show the classes.
#[derive(Debug, PartialEq)]
pub struct Names {
    /// The class of the whole: `BertModel`.
    pub model: &'static str,
    pub embeddings: PartName,
    /// Inside the embeddings: the tables, and the normalization of their sum.
    pub words: &'static str,
    pub positions: &'static str,
    pub types: &'static str,
    pub embeddings_norm: &'static str,
    /// What the layers stand in, from outside; the last is their list.
    pub around: &'static [PartName],
    /// The class of a layer.
    pub layer: &'static str,
    /// Inside a layer: attention and the normalization behind it.
    pub query: &'static str,
    pub key: &'static str,
    pub value: &'static str,
    pub attention_output: &'static str,
    pub attention_norm: &'static str,
    /// Inside a layer: the two linear layers for each position alone, and the normalization behind them.
    pub intermediate: &'static str,
    pub output: &'static str,
    pub output_norm: &'static str,
    pub pooler: PartName,
    /// Inside the pooler.
    pub pooler_dense: &'static str,
}

impl Names {
    /// What the names of a layer's parameters begin with: `encoder.layer.0`.
    pub(super) fn layer(&self, number: i64) -> String {
        let around: Vec<&str> = self.around.iter().map(|part| part.name).collect();
        format!("{}.{number}", around.join("."))
    }
}
