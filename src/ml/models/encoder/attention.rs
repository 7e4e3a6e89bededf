//! Multi-head self-attention (Vaswani et al. 2017), and the residual connection around it.

use super::dense::Dense;
use super::kernel::{self, Row};
use super::norm::Norm;
use super::plan::{Names, Plan};
use super::rows::Rows;
use super::source::Source;
use super::step::Step;
use crate::error::Result;
use crate::ml::dropout_mask;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::{During, split};
use tch::{Device, TchError, Tensor};

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
    /// `layer` is what the names of the layer's parameters begin with.
    pub fn new(source: &mut Source, layer: &str, plan: &Plan) -> Result<Attention> {
        let (names, width) = (plan.names, plan.hidden_size);
        let mut dense = |part: &str| Dense::new(source, &format!("{layer}.{part}"), width, width);
        Ok(Attention {
            query: dense(names.query)?,
            key: dense(names.key)?,
            value: dense(names.value)?,
            output: dense(names.attention_output)?,
            norm: Norm::new(source, &format!("{layer}.{}", names.attention_norm), width, plan.layer_norm_eps)?,
            heads: plan.num_attention_heads,
        })
    }

    /// What the positions of `asking` (`[queries, hidden]`, `queries[i]` of row i) make of those of `x` (`[positions,
    /// hidden]`): `[queries, hidden]`.
    pub fn forward(&self, x: &Tensor, asking: &Tensor, queries: &[i64], rows: &Rows, step: &Step) -> Result<Tensor> {
        let given = step.cast(x)?;
        let query = step.widen(&self.query.forward(&step.cast(asking)?)?)?;
        let key = step.widen(&self.key.forward(&given)?)?;
        let value = step.widen(&self.value.forward(&given)?)?;
        let context = match kernel::takes(&query) {
            true => {
                let sizes = queries.iter().zip(&rows.computed).zip(&rows.seen);
                let sizes = sizes.map(|((queries, positions), keys)| Row {
                    queries: *queries,
                    positions: *positions,
                    keys: *keys,
                });
                let sizes: Vec<Row> = sizes.collect();
                kernel::attention(&query, &key, &value, &sizes, self.heads, step.attention_dropout)?
            }
            false => self.row_by_row([&query, &key, &value], queries, rows, step.attention_dropout)?,
        };
        let output = step.widen(&self.output.forward(&step.cast(&context)?)?)?;
        self.norm.settle(&output, asking, step.dropout)
    }

    /// Where there is no kernel: each row on its own.
    fn row_by_row(&self, [query, key, value]: [&Tensor; 3], queries: &[i64], rows: &Rows, drop: f64) -> Result<Tensor> {
        let (query, key, value) = (split(query, queries, "bert")?, rows.split(key)?, rows.split(value)?);
        let mut context = Vec::with_capacity(query.len());
        for (((q, k), v), seen) in query.iter().zip(&key).zip(&value).zip(&rows.seen) {
            context.push(self.attend(q, k, v, *seen, drop)?);
        }
        Tensor::f_cat(&context, 0).during("attention", &[&query[0]])
    }

    /// One row: its queries `[n, hidden]` over the first `seen` of its keys and values.
    ///
    /// Through libtorch's fused attention; but on a processor that has no dropout of its own, and what libtorch composes
    /// instead draws its masks slowly.
    fn attend(&self, q: &Tensor, k: &Tensor, v: &Tensor, seen: i64, drop: f64) -> Result<Tensor> {
        let cut = |x: &Tensor| x.f_narrow(0, 0, seen).and_then(|x| self.heads(&x)).during("attention", &[x]);
        let (q, k, v) = (self.heads(q).during("attention", &[q])?, cut(k)?, cut(v)?);
        let context = match drop > 0.0 && q.device() == Device::Cpu {
            true => dropping(&q, &k, &v, drop)?,
            false => fused(&q, &k, &v, drop).during("attention", &[&q, &k, &v])?,
        };
        context.f_transpose(0, 1).and_then(|rows| rows.f_reshape([q.size()[1], -1])).during("attention", &[&q])
    }

    /// `[n, heads · size]` → `[heads, n, size]`, without copying.
    fn heads(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let (n, width) = x.size2()?;
        x.f_view([n, self.heads, width / self.heads])?.f_transpose(0, 1)
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let parts = [
            self.query.parameters(names.query),
            self.key.parameters(names.key),
            self.value.parameters(names.value),
            self.output.parameters(names.attention_output),
            self.norm.parameters(names.attention_norm),
        ];
        parts.into_iter().flatten().collect()
    }
}

fn fused(q: &Tensor, k: &Tensor, v: &Tensor, drop: f64) -> Result<Tensor, TchError> {
    let batch = |x: &Tensor| x.f_unsqueeze(0);
    let (q, k, v) = (batch(q)?, batch(k)?, batch(v)?);
    let attend = || Tensor::f_scaled_dot_product_attention::<Tensor>(&q, &k, &v, None, drop, false, None, false);
    let context = if drop > 0.0 { random::draw(Purpose::Dropout, attend)? } else { attend()? };
    context.f_squeeze_dim(0)
}

/// Softmax(q kᵀ / √size) with a part of it dropped, times v.
fn dropping(q: &Tensor, k: &Tensor, v: &Tensor, drop: f64) -> Result<Tensor> {
    let scale = (q.size()[2] as f64).sqrt().recip();
    let weights = q.f_mul_scalar(scale).and_then(|q| q.f_bmm(&k.f_transpose(1, 2)?)?.f_softmax(-1, None));
    let weights = dropout_mask::drop(&weights.during("attention", &[q, k])?, drop)?;
    weights.f_bmm(v).during("attention", &[&weights, v])
}
