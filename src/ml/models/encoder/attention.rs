//! Multi-head self-attention (Vaswani et al. 2017), and the residual connection around it.

use super::dense::Dense;
use super::kernel::{self, Row};
use super::names::{Names, Projections as Named};
use super::plan::Plan;
use super::residual::Residual;
use super::rows::{Asked, Rows};
use super::sight::Sight;
use super::source::Source;
use super::step::Step;
use crate::error::Result;
use crate::ml::dropout_mask;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::{During, split};
use tch::{Device, TchError, Tensor};

#[derive(Debug)]
pub(super) struct Attention {
    projections: Projections,
    output: Dense,
    residual: Residual,
    heads: i64,
}

/// What makes queries, keys and values.
#[derive(Debug)]
enum Projections {
    Apart([Dense; 3]),
    /// One layer for all three, one behind the other.
    Joint(Dense),
}

impl Projections {
    fn new(source: &mut Source, layer: &str, plan: &Plan) -> Result<Projections> {
        let width = plan.hidden_size;
        let mut dense = |part: &str, outputs: i64| {
            Dense::new(source, &format!("{layer}.{part}"), width, outputs, plan.biases.attention)
        };
        Ok(match plan.names.projections {
            Named::Apart { query, key, value } => {
                Projections::Apart([dense(query, width)?, dense(key, width)?, dense(value, width)?])
            }
            Named::Joint(name) => Projections::Joint(dense(name, 3 * width)?),
        })
    }

    /// Queries of the positions of `asking`, keys and values of those of `x`.
    fn forward(&self, x: &Tensor, asking: &Tensor, asked: Asked, rows: &Rows, step: &Step) -> Result<[Tensor; 3]> {
        let given = step.cast(x)?;
        match self {
            Projections::Apart([query, key, value]) => Ok([
                step.widen(&query.forward(&step.cast(asking)?)?)?,
                step.widen(&key.forward(&given)?)?,
                step.widen(&value.forward(&given)?)?,
            ]),
            Projections::Joint(all) => {
                let all = step.widen(&all.forward(&given)?)?;
                let width = all.size()[1] / 3;
                let part = |n: i64| all.f_narrow(1, n * width, width).during("attention", &[&all]);
                Ok([rows.asking(&part(0)?, asked)?, part(1)?, part(2)?])
            }
        }
    }

    fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        match (self, names.projections) {
            (Projections::Apart([q, k, v]), Named::Apart { query, key, value }) => {
                [q.parameters(query), k.parameters(key), v.parameters(value)].into_iter().flatten().collect()
            }
            (Projections::Joint(all), Named::Joint(name)) => all.parameters(name),
            _ => Vec::new(),
        }
    }
}

impl Attention {
    /// `layer` is what the names of the layer's parameters begin with; `first` is the layer behind the embeddings.
    pub fn new(source: &mut Source, layer: &str, plan: &Plan, first: bool) -> Result<Attention> {
        let (names, width) = (plan.names, plan.hidden_size);
        Ok(Attention {
            projections: Projections::new(source, layer, plan)?,
            output: Dense::new(
                source,
                &format!("{layer}.{}", names.attention_output),
                width,
                width,
                plan.biases.attention,
            )?,
            residual: Residual::new(source, &format!("{layer}.{}", names.attention_norm), plan, first)?,
            heads: plan.num_attention_heads,
        })
    }

    /// What the positions that are `asked` make of all of `x` (`[positions, hidden]`): `[asked, hidden]`.
    pub fn forward(&self, x: &Tensor, asked: Asked, rows: &Rows, sight: &Sight, step: &Step) -> Result<Tensor> {
        let (asking, given) = (rows.asking(x, asked)?, self.residual.enter(x)?);
        let normalized = if asked == Asked::All { given.shallow_clone() } else { self.residual.enter(&asking)? };
        let [query, key, value] = self.projections.forward(&given, &normalized, asked, rows, step)?;
        let (query, key) = (sight.turn(query, rows, asked)?, sight.turn(key, rows, Asked::All)?);
        let given = [&query, &key, &value];
        let context = match kernel::takes(&query) && sight.is_plain() {
            true => self.packed(given, asked, rows, step.dropout.weights)?,
            false => self.row_by_row(given, asked, rows, sight, step.dropout.weights)?,
        };
        let output = step.widen(&self.output.forward(&step.cast(&context)?)?)?;
        self.residual.leave(&output, &asking, step.dropout.attention.unwrap_or(0.0))
    }

    /// All rows at once.
    fn packed(&self, [query, key, value]: [&Tensor; 3], asked: Asked, rows: &Rows, drop: f64) -> Result<Tensor> {
        let counts = rows.counts(asked);
        let sizes = counts.iter().zip(&rows.computed).zip(&rows.seen);
        let sizes =
            sizes.map(|((queries, positions), keys)| Row { queries: *queries, positions: *positions, keys: *keys });
        kernel::attention(query, key, value, &sizes.collect::<Vec<Row>>(), self.heads, drop)
    }

    /// Where there is no kernel: each row on its own.
    fn row_by_row(
        &self,
        [query, key, value]: [&Tensor; 3],
        asked: Asked,
        rows: &Rows,
        sight: &Sight,
        drop: f64,
    ) -> Result<Tensor> {
        let query = split(query, &rows.counts(asked), "encoder")?;
        let (key, value) = (rows.split(key)?, rows.split(value)?);
        let mut context = Vec::with_capacity(query.len());
        for (row, ((q, k), v)) in query.iter().zip(&key).zip(&value).enumerate() {
            context.push(self.attend(q, k, v, rows.seen[row], sight.added(rows, row, asked)?.as_ref(), drop)?);
        }
        Tensor::f_cat(&context, 0).during("attention", &[&query[0]])
    }

    /// One row: its queries `[n, hidden]` over the first `seen` of its keys and values, with what is `added` to their scores.
    ///
    /// Through libtorch's fused attention; but on a processor that has no dropout of its own, and what libtorch composes
    /// instead draws its masks slowly.
    fn attend(
        &self,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        seen: i64,
        added: Option<&Tensor>,
        drop: f64,
    ) -> Result<Tensor> {
        let cut = |x: &Tensor| x.f_narrow(0, 0, seen).and_then(|x| self.heads(&x)).during("attention", &[x]);
        let (q, k, v) = (self.heads(q).during("attention", &[q])?, cut(k)?, cut(v)?);
        let context = match drop > 0.0 && q.device() == Device::Cpu {
            true => dropping(&q, &k, &v, added, drop)?,
            false => fused(&q, &k, &v, added, drop).during("attention", &[&q, &k, &v])?,
        };
        context.f_transpose(0, 1).and_then(|rows| rows.f_reshape([q.size()[1], -1])).during("attention", &[&q])
    }

    /// `[n, heads · size]` → `[heads, n, size]`, without copying.
    fn heads(&self, x: &Tensor) -> Result<Tensor, TchError> {
        let (n, width) = x.size2()?;
        x.f_view([n, self.heads, width / self.heads])?.f_transpose(0, 1)
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        let mut all = self.projections.parameters(names);
        all.extend(self.output.parameters(names.attention_output));
        all.extend(self.residual.parameters(names.attention_norm));
        all
    }
}

fn fused(q: &Tensor, k: &Tensor, v: &Tensor, added: Option<&Tensor>, drop: f64) -> Result<Tensor, TchError> {
    let batch = |x: &Tensor| x.f_unsqueeze(0);
    let (q, k, v, added) = (batch(q)?, batch(k)?, batch(v)?, added.map(batch).transpose()?);
    let attend = || Tensor::f_scaled_dot_product_attention(&q, &k, &v, added.as_ref(), drop, false, None, false);
    let context = if drop > 0.0 { random::draw(Purpose::Dropout, attend)? } else { attend()? };
    context.f_squeeze_dim(0)
}

/// Softmax(q kᵀ / √size + added) with a part of it dropped, times v.
fn dropping(q: &Tensor, k: &Tensor, v: &Tensor, added: Option<&Tensor>, drop: f64) -> Result<Tensor> {
    let scale = (q.size()[2] as f64).sqrt().recip();
    let scores = q.f_mul_scalar(scale).and_then(|q| q.f_bmm(&k.f_transpose(1, 2)?));
    let scores = scores.and_then(|scores| added.map_or(Ok(scores.shallow_clone()), |added| scores.f_add(added)));
    let weights = scores.and_then(|scores| scores.f_softmax(-1, None));
    let weights = dropout_mask::drop(&weights.during("attention", &[q, k])?, drop)?;
    weights.f_bmm(v).during("attention", &[&weights, v])
}
