//! What attention takes account of beside what positions hold: where in their row they stand.

use super::names::Names;
use super::plan::{Plan, Positions, Turn};
use super::rows::{Asked, Rows, Tokens};
use super::source::{Initial, Source};
use crate::error::Result;
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::{Device, Kind, TchError, Tensor};

/// Of one layer in one forward pass.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// Cosines and sines of the angles to turn by, `[positions, size of a head]` each.
    turned: Option<[Tensor; 2]>,
    /// What is added to scores, `[heads or 1, longest, longest]`: of the queries and of the keys at these places of a padded row.
    added: Option<Tensor>,
}

/// The weights of [`Plan::distances`].
#[derive(Debug)]
pub(super) struct Distances(Option<Tensor>);

impl Distances {
    pub fn new(source: &mut Source, plan: &Plan) -> Result<Distances> {
        let shape = [plan.distances, plan.num_attention_heads];
        let name = format!("{}.weight", plan.names.distances);
        Ok(Distances((plan.distances > 0).then(|| source.take(&name, &shape, Initial::Normal)).transpose()?))
    }

    pub fn parameters(&self, names: &Names) -> Vec<(String, Tensor)> {
        self.0.iter().map(|table| (format!("{}.weight", names.distances), table.shallow_clone())).collect()
    }

    /// `[heads, longest, longest]`.
    fn added(table: &Tensor, longest: i64) -> Result<Tensor, TchError> {
        let bucket = bucket(&apart(longest, table.device())?, table.size()[0])?;
        Tensor::f_embedding(table, &bucket, -1, false, false)?.f_permute([2, 0, 1])
    }
}

impl Sight {
    /// Of each of the layers that are run, in their order.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn of(plan: &Plan, distances: &Distances, rows: &Rows, tokens: &Tokens) -> Result<Vec<Rc<Sight>>> {
        let Positions::Turned(turns) = &plan.positions else {
            let added = distances.0.as_ref().map(|table| Distances::added(table, rows.longest)).transpose();
            let sight = Rc::new(Sight { turned: None, added: added.during("encoder", &[])? });
            return Ok(vec![sight; plan.order().len()]);
        };
        let size = plan.hidden_size / plan.num_attention_heads;
        let mut made: Vec<(Turn, Rc<Sight>)> = Vec::new();
        for turn in turns {
            if made.iter().all(|(other, _)| other != turn) {
                let window = turn.window.filter(|window| rows.longest > window + 1);
                let sight = Sight {
                    turned: Some(angles(&tokens.places, size, turn.theta).during("encoder", &[&tokens.places])?),
                    added: window
                        .map(|window| beyond(window, rows.longest, tokens.places.device()))
                        .transpose()
                        .during("encoder", &[])?,
                };
                made.push((*turn, Rc::new(sight)));
            }
        }
        let of = |turn: &Turn| made.iter().find(|(other, _)| other == turn).map(|(_, sight)| sight.clone());
        Ok(turns.iter().filter_map(of).collect())
    }

    /// Whether scores are what queries and keys make of them, and nothing more.
    pub fn is_plain(&self) -> bool {
        self.added.is_none()
    }

    /// Queries or keys, `[asked, hidden]`, turned by where they stand.
    pub fn turn(&self, x: Tensor, rows: &Rows, asked: Asked) -> Result<Tensor> {
        let Some([cos, sin]) = &self.turned else { return Ok(x) };
        let (cos, sin) = (rows.asking(cos, asked)?, rows.asking(sin, asked)?);
        turned(&x, &cos, &sin).during("attention", &[&x])
    }

    /// What is added to the scores of a row, `[heads or 1, asked, seen]`.
    pub fn added(&self, rows: &Rows, row: usize, asked: Asked) -> Result<Option<Tensor>> {
        let Some(added) = &self.added else { return Ok(None) };
        let places =
            Tensor::f_from_slice(&rows.places(row, asked)).and_then(|places| places.f_to_device(added.device()));
        let cut = places.and_then(|places| added.f_index_select(1, &places)?.f_narrow(2, 0, rows.seen[row]));
        cut.map(Some).during("attention", &[added])
    }
}

/// How far the key j stands behind the query i: `[longest, longest]`.
fn apart(longest: i64, device: Device) -> Result<Tensor, TchError> {
    let places = Tensor::f_arange(longest, (Kind::Int64, device))?;
    places.f_unsqueeze(0)?.f_sub(&places.f_unsqueeze(1)?)
}

/// The number of a distance: near ones have their own, farther ones share one with more and more others, all beyond 128 have the last; half of
/// the `count` is for keys in front of the query (transformers' `MPNetEncoder.relative_position_bucket`, after Raffel et al. 2020).
fn bucket(apart: &Tensor, count: i64) -> Result<Tensor, TchError> {
    const FARTHEST: f64 = 128.0;
    let half = count / 2;
    let near = half / 2;
    let (far, distance) = (half - near, apart.f_abs()?);
    let share = distance.f_to_kind(Kind::Float)?.f_div_scalar(near)?.f_log()?;
    let share = share.f_div_scalar((FARTHEST / near as f64).ln())?.f_mul_scalar(far)?;
    // The logarithm of 0 is no integer; where it would be taken, the distance itself is.
    let shared = share.f_clamp_min(0.0)?.f_to_kind(Kind::Int64)?.f_add_scalar(near)?.f_clamp_max(half - 1)?;
    let number = distance.f_where_self(&distance.f_lt(near)?, &shared)?;
    number.f_add(&apart.f_gt(0)?.f_to_kind(Kind::Int64)?.f_mul_scalar(half)?)
}

/// Minus infinity where two positions are more than `window` apart: `[1, longest, longest]`.
fn beyond(window: i64, longest: i64, device: Device) -> Result<Tensor, TchError> {
    let hidden = apart(longest, device)?.f_abs()?.f_gt(window)?;
    let all = Tensor::f_zeros([longest, longest], (Kind::Float, device))?;
    all.f_masked_fill(&hidden, f64::NEG_INFINITY)?.f_unsqueeze(0)
}

/// Cosines and sines of place · theta^(-2i / size), for each i of the first half and again (Su et al. 2021).
fn angles(places: &Tensor, size: i64, theta: f64) -> Result<[Tensor; 2], TchError> {
    let steps = Tensor::f_arange_start_step(0, size, 2, (Kind::Float, places.device()))?.f_div_scalar(size)?;
    let rates = Tensor::f_pow_scalar(theta, &steps)?.f_reciprocal()?;
    let half = places.f_to_kind(Kind::Float)?.f_unsqueeze(1)?.f_mul(&rates)?;
    let all = Tensor::f_cat(&[&half, &half], 1)?;
    Ok([all.f_cos()?, all.f_sin()?])
}

/// `x`: `[n, heads · size]`; `cos` and `sin`: `[n, size]`.
fn turned(x: &Tensor, cos: &Tensor, sin: &Tensor) -> Result<Tensor, TchError> {
    let (n, size) = cos.size2()?;
    let heads = x.f_reshape([n, -1, size])?;
    let (first, second) = (heads.f_narrow(2, 0, size / 2)?, heads.f_narrow(2, size / 2, size / 2)?);
    let across = Tensor::f_cat(&[&second.f_neg()?, &first], 2)?;
    let straight = heads.f_mul(&cos.f_unsqueeze(1)?)?;
    straight.f_add(&across.f_mul(&sin.f_unsqueeze(1)?)?)?.f_reshape([n, -1])
}
