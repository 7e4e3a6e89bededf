//! `softmax(q kᵀ / √size) v` of each head and row (Vaswani et al. 2017).

use crate::error::Result;
use crate::ml::models::encoder::kernel::{self, Row};
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::{During, split};
use tch::{TchError, Tensor};

pub(super) struct Heads {
    pub count: i64,
    /// Of the weights, in training.
    pub drop: f64,
    /// Each position sees itself and those before it.
    pub causal: bool,
}

impl Heads {
    /// `q` is `[positions, width]` of all rows one behind the other, `queries[i]` of row i; `k` and `v` likewise with `keys`.
    pub fn attend(&self, [q, k, v]: [&Tensor; 3], queries: &[i64], keys: &[i64]) -> Result<Tensor> {
        if !self.causal && kernel::takes(q) {
            let rows = queries.iter().zip(keys);
            let rows: Vec<Row> = rows.map(|(q, k)| Row { queries: *q, positions: *k, keys: *k }).collect();
            return kernel::attention(q, k, v, &rows, self.count, self.drop);
        }
        let name = "attention";
        let (qs, ks, vs) = (split(q, queries, name)?, split(k, keys, name)?, split(v, keys, name)?);
        let rows = qs.iter().zip(&ks).zip(&vs).map(|((q, k), v)| self.row([q, k, v]));
        let rows = rows.collect::<Result<Vec<_>, _>>().during(name, &[q, k, v])?;
        Tensor::f_cat(&rows, 0).during(name, &[q])
    }

    fn row(&self, given: [&Tensor; 3]) -> Result<Tensor, TchError> {
        let heads = |x: &Tensor| {
            let (n, width) = x.size2()?;
            x.f_reshape([n, self.count, width / self.count])?.f_transpose(0, 1)?.f_unsqueeze(0)
        };
        let [q, k, v] = given.map(heads);
        let (q, k, v, n) = (q?, k?, v?, given[0].size()[0]);
        let attend =
            || Tensor::f_scaled_dot_product_attention::<Tensor>(&q, &k, &v, None, self.drop, self.causal, None, false);
        let seen = if self.drop > 0.0 { random::draw(Purpose::Dropout, attend)? } else { attend()? };
        seen.f_squeeze_dim(0)?.f_transpose(0, 1)?.f_reshape([n, -1])
    }
}
