//! What the parts of an encoder are called in transformers: parameters are saved under these names.

/// Names of a family. Those of parts that it does not have are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    /// The class of the whole: `BertModel`.
    pub model: &'static str,
    /// The parts that prints show and that can be frozen by name, outer ones first; what is in none of them is the whole's own.
    pub parts: Parts,
    /// The tables of the embeddings, the normalization of their sum, and the linear layer behind it.
    pub words: &'static str,
    pub positions: &'static str,
    pub types: &'static str,
    pub embeddings_norm: &'static str,
    pub projection: &'static str,
    /// A layer; each `*` is a number: `encoder.layer.*`.
    pub layer: &'static str,
    /// Inside a layer: attention and its normalization.
    pub projections: Projections,
    pub attention_output: &'static str,
    pub attention_norm: &'static str,
    /// Inside a layer: the two linear layers for each position alone, and their normalization.
    pub intermediate: &'static str,
    pub output: &'static str,
    pub output_norm: &'static str,
    /// The table of what positions at a distance add to each other's scores.
    pub distances: &'static str,
    /// The normalization behind all layers.
    pub final_norm: &'static str,
    /// The linear layer of the pooler.
    pub pooler: &'static str,
}

/// The linear layers that make queries, keys and values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Projections {
    Apart {
        query: &'static str,
        key: &'static str,
        value: &'static str,
    },
    /// One for all three, one behind the other.
    Joint(&'static str),
}

/// Parts by their names, with `*` for any number, and their classes in transformers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts(pub &'static [(&'static str, &'static str)]);

impl Parts {
    /// The class of the part `path`, where it is one.
    pub(super) fn class(&self, path: &str) -> Option<&'static str> {
        let fits = |pattern: &str| {
            let same = |(a, b): (&str, &str)| a == b || (a == "*" && b.bytes().all(|c| c.is_ascii_digit()));
            pattern.split('.').count() == path.split('.').count() && pattern.split('.').zip(path.split('.')).all(same)
        };
        self.0.iter().find(|(pattern, _)| fits(pattern)).map(|(_, class)| *class)
    }
}

impl Names {
    /// What the names of a layer's parameters begin with: `encoder.layer.0`.
    pub(super) fn layer(&self, numbers: &[i64]) -> String {
        numbers.iter().fold(self.layer.to_string(), |name, number| name.replacen('*', &number.to_string(), 1))
    }
}
