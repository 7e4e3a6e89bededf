//! What a token is before the first layer: the sum of its word's, its position's and its segment's vector, normalized.

use super::dense::Dense;
use super::names::Names;
use super::norm::Norm;
use super::plan::{Plan, Positions};
use super::rows::Tokens;
use super::source::{Initial, Source};
use crate::error::{Error, Result};
use crate::ml::models::dropout;
use crate::ml::tensor::During;
use tch::{TchError, Tensor};

#[derive(Debug)]
pub(super) struct Embeddings {
    /// `[vocab_size, embedding_size]`.
    words: Tensor,
    /// `[max_position_embeddings, embedding_size]`, where positions are told so.
    positions: Option<Tensor>,
    /// `[type_vocab_size, embedding_size]`, where tokens have types. All rows are first segments: only row 0 is read.
    types: Option<Tensor>,
    norm: Norm,
    projection: Option<Dense>,
    padding: Option<i64>,
    /// The row of the positions that is never trained.
    padding_position: Option<i64>,
}

impl Embeddings {
    pub fn new(source: &mut Source, plan: &Plan) -> Result<Embeddings> {
        let (names, width) = (plan.names, plan.embedding_size);
        let mut table = |name: &str, rows: i64| source.take(&format!("{name}.weight"), &[rows, width], Initial::Normal);
        let words = table(names.words, plan.vocab_size)?;
        let positions = match plan.positions {
            Positions::Turned(_) => None,
            _ => Some(table(names.positions, plan.max_position_embeddings)?),
        };
        let types = (plan.type_vocab_size > 0).then(|| table(names.types, plan.type_vocab_size)).transpose()?;
        let norm = Norm::new(source, names.embeddings_norm, width, plan)?;
        let projection =
            plan.projected.then(|| Dense::new(source, names.projection, width, plan.hidden_size, true)).transpose()?;
        let padding_position = match plan.positions {
            Positions::BehindPadding(pad) => Some(pad),
            _ => None,
        };
        let embeddings =
            Embeddings { words, positions, types, norm, projection, padding: plan.pad_token_id, padding_position };
        if let Source::Drawn(_) = &source {
            embeddings.clear_padding().during("encoder", &[])?;
        }
        Ok(embeddings)
    }

    fn clear_padding(&self) -> Result<(), TchError> {
        let rows = [(Some(&self.words), self.padding), (self.positions.as_ref(), self.padding_position)];
        for (table, row) in rows {
            if let (Some(table), Some(row)) = (table, row) {
                let _ = tch::no_grad(|| table.f_narrow(0, row, 1)?.f_zero_())?;
            }
        }
        Ok(())
    }

    /// `[positions, hidden]`.
    pub fn forward(&self, tokens: &Tokens, drop: f64) -> Result<Tensor> {
        // -1 is libtorch's word for no padding row.
        let row = |table: &Tensor, of: &Tensor, padding: Option<i64>| {
            Tensor::f_embedding(table, of, padding.unwrap_or(-1), false, false).during("embedding", &[table, of])
        };
        let mut sum = row(&self.words, &tokens.ids, self.padding).map_err(|e| self.no_such_word(e))?;
        if let Some(types) = &self.types {
            sum = types.f_narrow(0, 0, 1).and_then(|first| sum.f_add(&first)).during("encoder", &[&sum, types])?;
        }
        if let Some(positions) = &self.positions {
            let places = row(positions, &tokens.numbers, self.padding_position)?;
            sum = sum.f_add(&places).during("encoder", &[&sum, &places])?;
        }
        let x = dropout::drop_if(self.norm.forward(&sum)?, drop)?;
        match &self.projection {
            Some(projection) => projection.forward(&x),
            None => Ok(x),
        }
    }

    fn no_such_word(&self, error: Error) -> Error {
        match error.message.contains("out of range") {
            true => Error::value(format!(
                "encoder: a token's id is beyond the model's {} words: the tokenizer is another model's",
                self.words.size()[0]
            )),
            false => error,
        }
    }

    /// Under their full names.
    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let tables = [
            (names.words, Some(&self.words)),
            (names.positions, self.positions.as_ref()),
            (names.types, self.types.as_ref()),
        ];
        let tables =
            tables.into_iter().filter_map(|(name, table)| Some((format!("{name}.weight"), table?.shallow_clone())));
        let mut all: Vec<(String, Tensor)> = tables.collect();
        all.extend(self.norm.parameters(names.embeddings_norm));
        all.extend(self.projection.iter().flat_map(|projection| projection.parameters(names.projection)));
        all
    }
}
