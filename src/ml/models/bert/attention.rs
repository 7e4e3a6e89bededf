//! Multi-head self-attention (Vaswani et al. 2017), and the residual connection around it.

use super::config::Config;
use super::dense::Dense;
use super::norm::Norm;
use super::rows::{Rows, split};
use super::source::Source;
use super::step::Step;
use crate::error::Result;
use crate::ml::models::dropout;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::During;
use tch::{TchError, Tensor};

#[derive(Debug)]
pub(super) struct Attention {
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    norm: Norm,
    heads: i64,
}

impl Attention {
    pub fn new(source: &mut Source, name: &str, config: &Config) -> Result<Attention> {
        let width = config.hidden_size;
        let mut dense = |part: &str| Dense::new(source, &format!("{name}.{part}"), width, width);
        Ok(Attention {
            query: dense("self.query")?,
            key: dense("self.key")?,
            value: dense("self.value")?,
            output: dense("output.dense")?,
            norm: Norm::new(source, &format!("{name}.output.LayerNorm"), width, config.layer_norm_eps)?,
            heads: config.num_attention_heads,
        })
    }

    /// What the positions of `asking` (`[queries, hidden]`, `queries[i]` of row i) make of those of `x` (`[positions,
    /// hidden]`): `[queries, hidden]`.
    pub fn forward(&self, x: &Tensor, asking: &Tensor, queries: &[i64], rows: &Rows, step: &Step) -> Result<Tensor> {
        let query = split(&self.query.forward(asking)?, queries)?;
        let key = rows.split(&self.key.forward(x)?)?;
        let value = rows.split(&self.value.forward(x)?)?;
        let mut context = Vec::with_capacity(query.len());
        for (((q, k), v), seen) in query.iter().zip(&key).zip(&value).zip(&rows.seen) {
            let row = self.attend(q, k, v, *seen, step.attention_dropout);
            context.push(row.during("attention", &[q, k, v])?);
        }
        let context = Tensor::f_cat(&context, 0).during("attention", &[x])?;
        let output = dropout::drop_if(self.output.forward(&context)?, step.dropout)?;
        self.norm.forward(&output.f_add(asking).during("attention", &[asking])?)
    }

    /// One row: its queries `[n, hidden]` over the first `seen` of its keys and values.
    fn attend(&self, q: &Tensor, k: &Tensor, v: &Tensor, seen: i64, drop: f64) -> Result<Tensor, TchError> {
        // [n, heads · size] → [1, heads, n, size], without copying.
        let heads = |x: &Tensor| {
            let (n, width) = x.size2()?;
            x.f_view([1, n, self.heads, width / self.heads])?.f_transpose(1, 2)
        };
        let (q, k, v) = (heads(q)?, heads(&k.f_narrow(0, 0, seen)?)?, heads(&v.f_narrow(0, 0, seen)?)?);
        let attend = || Tensor::f_scaled_dot_product_attention::<Tensor>(&q, &k, &v, None, drop, false, None, false);
        let context = if drop > 0.0 { random::draw(Purpose::Dropout, attend)? } else { attend()? };
        let (_, _, n, _) = context.size4()?;
        context.f_transpose(1, 2)?.f_reshape([n, -1])
    }

    pub fn parameters(&self, name: &str) -> Vec<(String, Tensor)> {
        let parts = [
            self.query.parameters(&format!("{name}.self.query")),
            self.key.parameters(&format!("{name}.self.key")),
            self.value.parameters(&format!("{name}.self.value")),
            self.output.parameters(&format!("{name}.output.dense")),
            self.norm.parameters(&format!("{name}.output.LayerNorm")),
        ];
        parts.into_iter().flatten().collect()
    }
}
