//! What an encoder computes.

use super::activation::Activation;
use super::names::Names;

/// What a family makes of the items of its `config.json`. Fields have the names of transformers' `BertConfig` where it has them; the others are
/// what families differ in.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub names: &'static Names,
    pub vocab_size: i64,
    /// Features of the embeddings' tables.
    pub embedding_size: i64,
    /// Whether a linear layer leads from the embeddings to `hidden_size`.
    pub projected: bool,
    pub hidden_size: i64,
    pub num_hidden_layers: i64,
    /// Which layers compute with the same weights.
    pub shared: Option<Shared>,
    pub num_attention_heads: i64,
    pub intermediate_size: i64,
    pub hidden_act: Activation,
    /// Whether the first linear layer of a feed-forward block gives a second half, by which the activated first is multiplied (Shazeer 2020).
    pub gated: bool,
    pub max_position_embeddings: i64,
    pub positions: Positions,
    /// How many distances between positions have a number of their own, which is added to their scores (Raffel et al. 2020); 0 where none is.
    pub distances: i64,
    /// How many segments a text may have; 0 where tokens have no type.
    pub type_vocab_size: i64,
    /// Where layer normalization stands.
    pub norms: Norms,
    pub layer_norm_eps: f64,
    pub biases: Biases,
    pub dropout: Dropout,
    /// The standard deviation of new weights.
    pub initializer_range: f64,
    /// The token whose row in the table of words is never trained.
    pub pad_token_id: Option<i64>,
    /// Whether the first position has a linear layer of its own for the readout `pooler`.
    pub pooler: bool,
}

/// How a position is told from another.
#[derive(Debug, Clone, PartialEq)]
pub enum Positions {
    /// By a row of a table: 0, 1, 2, …
    Counted,
    /// By a row of a table, counted from behind that of the padding token, which stands for padding alone: RoBERTa's.
    BehindPadding(i64),
    /// By turning queries and keys (Su et al. 2021), in each layer's own way.
    Turned(Vec<Turn>),
}

/// How a layer turns, and how far it sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// The base of the wavelengths.
    pub theta: f64,
    /// The largest distance between two positions that see each other.
    pub window: Option<i64>,
}

/// Where layer normalization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norms {
    /// Behind each block and its residual connection (Vaswani et al. 2017).
    Behind,
    /// In front of each block and behind all layers; in front of the first block it would be that of the embeddings a second time, and is left
    /// out.
    Before,
}

/// What has a bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Biases {
    pub attention: bool,
    pub feed_forward: bool,
    pub norms: bool,
}

/// The probabilities to drop with; none where the family drops nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Of the embeddings.
    pub embeddings: f64,
    /// Of how much one position takes of another.
    pub weights: f64,
    /// Of what attention adds.
    pub attention: Option<f64>,
    /// Between the two linear layers of a feed-forward block.
    pub inner: Option<f64>,
    /// Of what it adds.
    pub output: Option<f64>,
}

/// ALBERT's: all layers of a group are the same, and each is several in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    pub groups: i64,
    pub inner: i64,
}

impl Biases {
    pub const ALL: Biases = Biases { attention: true, feed_forward: true, norms: true };
}

impl Dropout {
    pub(super) const NONE: Dropout =
        Dropout { embeddings: 0.0, weights: 0.0, attention: None, inner: None, output: None };

    /// BERT's: one probability for all that is added, one for the weights of attention.
    pub fn of(hidden: f64, weights: f64) -> Dropout {
        Dropout { embeddings: hidden, weights, attention: Some(hidden), inner: None, output: Some(hidden) }
    }

    /// With others in place of these, where they are given.
    pub(super) fn with(self, hidden: Option<f64>, weights: Option<f64>) -> Dropout {
        let in_place = |own: f64| hidden.unwrap_or(own);
        Dropout {
            embeddings: in_place(self.embeddings),
            weights: weights.unwrap_or(self.weights),
            attention: self.attention.map(in_place),
            inner: self.inner.map(in_place),
            output: self.output.map(in_place),
        }
    }
}

impl Plan {
    /// How many tokens a row may have.
    pub fn longest(&self) -> i64 {
        match self.positions {
            Positions::BehindPadding(pad) => self.max_position_embeddings - pad - 1,
            _ => self.max_position_embeddings,
        }
    }

    /// The numbers in the name of each layer that has weights of its own.
    pub(super) fn layers(&self) -> Vec<Vec<i64>> {
        match self.shared {
            None => (0..self.num_hidden_layers).map(|n| vec![n]).collect(),
            Some(Shared { groups, inner }) => (0..groups).flat_map(|g| (0..inner).map(move |n| vec![g, n])).collect(),
        }
    }

    /// Which of [`Plan::layers`] are run, in their order.
    pub(super) fn order(&self) -> Vec<usize> {
        let layers = self.num_hidden_layers;
        let order = match self.shared {
            None => (0..layers).collect(),
            Some(Shared { groups, inner }) => {
                let group = |layer: i64| layer * groups / layers;
                (0..layers).flat_map(|layer| (0..inner).map(move |n| group(layer) * inner + n)).collect::<Vec<_>>()
            }
        };
        order.into_iter().map(|n| n as usize).collect()
    }

    /// Outputs of the first linear layer of a feed-forward block.
    pub(super) fn wide(&self) -> i64 {
        if self.gated { 2 * self.intermediate_size } else { self.intermediate_size }
    }

    /// What its tables, matrices and layers take.
    pub fn bytes(&self) -> u64 {
        /// Of a layer, beside the numbers: sixteen tensors and their names, be they as small as they like.
        const LAYER: f64 = 16384.0;
        let turned = matches!(self.positions, Positions::Turned(_));
        let rows = self.vocab_size + self.type_vocab_size + if turned { 0 } else { self.max_position_embeddings };
        let layers = match self.shared {
            None => self.num_hidden_layers as f64,
            Some(Shared { groups, inner }) => groups as f64 * inner as f64,
        };
        let [rows, across, width, wide, inner] =
            [rows, self.embedding_size, self.hidden_size, self.wide(), self.intermediate_size].map(|n| n as f64);
        let layer = 4.0 * width * width + width * (wide + inner);
        let projection = if self.projected { across * width } else { 0.0 };
        let numbers = across * rows + projection + width * width + layers * layer;
        (size_of::<f32>() as f64 * numbers + LAYER * layers) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::models::encoder::config::plan;
    use serde_json::json;

    fn shared(layers: i64, groups: i64, inner: i64) -> Plan {
        let items = json!({ "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": layers });
        Plan { shared: Some(Shared { groups, inner }), ..plan(items.as_object().unwrap().clone()).unwrap() }
    }

    // [int(i / (num_hidden_layers / num_hidden_groups)) for i in range(num_hidden_layers)]
    #[test]
    fn groups_of_layers_are_run_as_albert_runs_them() {
        assert_eq!(shared(4, 1, 1).order(), [0, 0, 0, 0]);
        assert_eq!(shared(5, 2, 1).order(), [0, 0, 0, 1, 1]);
        assert_eq!(shared(3, 3, 2).order(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(shared(2, 1, 3).layers(), [[0, 0], [0, 1], [0, 2]]);
    }

    #[test]
    fn rows_have_room_behind_the_padding_token() {
        let plan = Plan { positions: Positions::BehindPadding(1), max_position_embeddings: 514, ..shared(2, 1, 1) };
        assert_eq!(plan.longest(), 512);
    }
}
