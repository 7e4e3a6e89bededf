//! What a token is before the first layer: the sum of its word's, its position's and its segment's vector, normalized.

use super::norm::Norm;
use super::plan::{Names, Plan};
use super::rows::Tokens;
use super::source::{Initial, Source};
use crate::error::{Error, Result};
use crate::ml::models::dropout;
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug)]
pub(super) struct Embeddings {
    /// `[vocab_size, hidden]`.
    words: Tensor,
    /// `[max_position_embeddings, hidden]`.
    positions: Tensor,
    /// `[type_vocab_size, hidden]`. All rows are first segments: only row 0 is read.
    types: Tensor,
    norm: Norm,
    padding: Option<i64>,
}

impl Embeddings {
    pub fn new(source: &mut Source, plan: &Plan) -> Result<Embeddings> {
        let (names, width) = (plan.names, plan.hidden_size);
        let name = names.embeddings.name;
        let mut table =
            |table: &str, rows: i64| source.take(&format!("{name}.{table}.weight"), &[rows, width], Initial::Normal);
        let embeddings = Embeddings {
            words: table(names.words, plan.vocab_size)?,
            positions: table(names.positions, plan.max_position_embeddings)?,
            types: table(names.types, plan.type_vocab_size)?,
            norm: Norm::new(source, &format!("{name}.{}", names.embeddings_norm), width, plan.layer_norm_eps)?,
            padding: plan.pad_token_id,
        };
        if let (Some(row), Source::Drawn(_)) = (plan.pad_token_id, &source) {
            let _ = tch::no_grad(|| embeddings.words.f_narrow(0, row, 1)?.f_zero_()).during("bert", &[])?;
        }
        Ok(embeddings)
    }

    /// `[positions, hidden]`.
    pub fn forward(&self, tokens: &Tokens, drop: f64) -> Result<Tensor> {
        // -1 is libtorch's word for no padding row.
        let words = Tensor::f_embedding(&self.words, &tokens.ids, self.padding.unwrap_or(-1), false, false)
            .during("embedding", &[&self.words, &tokens.ids])
            .map_err(|e| self.no_such_word(e))?;
        let places = Tensor::f_embedding(&self.positions, &tokens.places, -1, false, false)
            .during("embedding", &[&self.positions, &tokens.places])?;
        let segment = self.types.f_narrow(0, 0, 1).during("bert", &[&self.types])?;
        let sum = words.f_add(&segment).and_then(|sum| sum.f_add(&places)).during("bert", &[&words, &places])?;
        dropout::drop_if(self.norm.forward(&sum)?, drop)
    }

    fn no_such_word(&self, error: Error) -> Error {
        match error.message.contains("out of range") {
            true => Error::value(format!(
                "bert: a token's id is beyond the model's {} words: the tokenizer is another model's",
                self.words.size()[0]
            )),
            false => error,
        }
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let tables = [(names.words, &self.words), (names.positions, &self.positions), (names.types, &self.types)];
        let mut all: Vec<(String, Tensor)> =
            tables.into_iter().map(|(name, table)| (format!("{name}.weight"), table.shallow_clone())).collect();
        all.extend(self.norm.parameters(names.embeddings_norm));
        all
    }
}
