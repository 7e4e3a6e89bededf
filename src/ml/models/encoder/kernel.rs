//! Operations of the project's own for libtorch, with their gradients, on a processor in float32 (`kernel/`).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `attention.cpp` | attention over packed rows: its threads, what it keeps for the way back |
//! | `heads.cpp` | a head of a row, there and back, for each kind of processor |
//! | `positions.cpp` | what is computed of each position alone: gelu; dropout, residual and layer norm in one |
//! | `numbers.cpp` | its numbers, for each kind of processor |

mod positions;

pub(in crate::ml::models) use positions::{gelu, settle};

use crate::error::Result;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::{During, called};
use std::ffi::{c_char, c_void};
use std::ptr::null;
use tch::{Device, Kind, TchError, Tensor};

/// A tensor of libtorch's.
type Raw = *mut c_void;

unsafe extern "C" {
    fn imdbsh_attention_is_there() -> bool;
    fn imdbsh_attention(
        given: *const Raw,
        rows: *const i64,
        count: i64,
        heads: i64,
        drop: f64,
        seeds: *const i64,
        why: *mut c_char,
        size: usize,
    ) -> Raw;
}

/// Whether it computes on such numbers: float32 on a processor, where libtorch has MKL in it.
pub(in crate::ml::models) fn takes(x: &Tensor) -> bool {
    // SAFETY: it takes nothing, and looks at the process.
    fits(x) && unsafe { imdbsh_attention_is_there() }
}

fn fits(x: &Tensor) -> bool {
    x.device() == Device::Cpu && x.kind() == Kind::Float && x.numel() > 0
}

/// How many of its positions a row has, asks for, and sees.
pub(in crate::ml::models) struct Row {
    pub queries: i64,
    pub positions: i64,
    pub keys: i64,
}

/// Softmax(q kᵀ / √size) v of each head and row, with a part of the weights dropped: `q` is `[queries, width]`, `k` and `v` `[positions, width]`, of
/// all rows one behind the other. Each row's numbers to drop are one draw, as [`crate::ml::dropout_mask`] makes it of `[heads, queries, keys]`.
///
/// # Errors
/// Memory that cannot be had; an interrupt. Its gradient has no gradient: with `create_graph`, libtorch's backward pass fails.
pub(in crate::ml::models) fn attention(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    rows: &[Row],
    heads: i64,
    drop: f64,
) -> Result<Tensor> {
    let sizes: Vec<i64> = rows.iter().flat_map(|row| [row.queries, row.positions, row.keys]).collect();
    let seeds: Option<Vec<i64>> =
        (drop > 0.0).then(|| rows.iter().map(|_| random::key_for(Purpose::Dropout)).collect());
    let given = [q, k, v].map(raw);
    let seeds = seeds.as_ref().map_or(null(), |seeds| seeds.as_ptr());
    let (sizes, count) = (sizes.as_ptr(), rows.len() as i64);
    // SAFETY: the tensors live, sizes and seeds are of `count` rows, and `why` has its size; no exception comes out of it.
    made(|why, size| unsafe { imdbsh_attention(given.as_ptr(), sizes, count, heads, drop, seeds, why, size) })
        .during("attention", &[q, k, v])
}

fn raw(t: &Tensor) -> Raw {
    t.as_ptr().cast_mut().cast()
}

/// What `make` makes, which is given room to say why it cannot.
fn made(make: impl FnOnce(*mut c_char, usize) -> Raw) -> Result<Tensor, TchError> {
    called(|why, size| {
        let made = make(why, size);
        // SAFETY: it was made for us.
        (!made.is_null()).then(|| unsafe { Tensor::from_ptr(made.cast()) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::dropout_mask;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    struct Plan {
        /// Queries, positions and keys of each row.
        rows: Vec<(i64, i64, i64)>,
        heads: i64,
        size: i64,
        drop: f64,
    }

    impl Plan {
        fn sized(&self) -> Vec<Row> {
            self.rows
                .iter()
                .map(|(queries, positions, keys)| Row { queries: *queries, positions: *positions, keys: *keys })
                .collect()
        }

        /// Queries, keys and values.
        fn given(&self) -> [Tensor; 3] {
            let total = |of: fn(&(i64, i64, i64)) -> i64| self.rows.iter().map(of).sum::<i64>();
            let (queries, positions) = (total(|row| row.0), total(|row| row.1));
            let wave = |n: i64, phase: f64| {
                let x = Tensor::arange(n * self.heads * self.size, (Kind::Float, Device::Cpu));
                ((x * 0.73 + phase).sin() * 1.5).reshape([n, self.heads * self.size]).set_requires_grad(true)
            };
            [wave(queries, 0.1), wave(positions, 0.5), wave(positions, 0.9)]
        }

        fn run(&self, given: &[Tensor; 3]) -> Tensor {
            random::begin_step(3, 5);
            let [q, k, v] = given;
            attention(q, k, v, &self.sized(), self.heads, self.drop).unwrap()
        }

        /// Row by row, in that kind of numbers, of libtorch's operations.
        fn expected(&self, [q, k, v]: &[Tensor; 3], kind: Kind) -> Tensor {
            random::begin_step(3, 5);
            let (mut asked, mut seen, mut all) = (0, 0, Vec::new());
            let heads = |x: Tensor| x.to_kind(kind).reshape([-1, self.heads, self.size]).transpose(0, 1);
            for (queries, positions, keys) in &self.rows {
                let q = heads(q.narrow(0, asked, *queries));
                let [k, v] = [k, v].map(|x| heads(x.narrow(0, seen, *keys)));
                let mut weights = (q.bmm(&k.transpose(1, 2)) / (self.size as f64).sqrt()).softmax(-1, kind);
                if self.drop > 0.0 {
                    let mask = dropout_mask::mask(&[self.heads, *queries, *keys], self.drop).unwrap();
                    weights = weights.f_mul(&mask).unwrap();
                }
                all.push(weights.bmm(&v).transpose(0, 1).reshape([*queries, -1]));
                (asked, seen) = (asked + queries, seen + positions);
            }
            Tensor::cat(&all, 0)
        }
    }

    /// The output, and the gradients of queries, keys and values.
    fn computed(given: &[Tensor; 3], out: &Tensor) -> Vec<Tensor> {
        let probe = (Tensor::arange(out.numel() as i64, (Kind::Double, Device::Cpu)) * 0.37).cos() + 1.5;
        let probe = probe.reshape_as(out).to_kind(out.kind());
        let gradients = Tensor::run_backward(&[(out * probe).sum(out.kind())], &given.each_ref()[..], true, false);
        std::iter::once(out.detach()).chain(gradients).map(|t| t.to_kind(Kind::Double)).collect()
    }

    #[track_caller]
    fn agrees(plan: &Plan) {
        let given = plan.given();
        let got = computed(&given, &plan.run(&given));
        let [expected, single] = [Kind::Double, Kind::Float].map(|kind| computed(&given, &plan.expected(&given, kind)));
        let size_of = |t: &Tensor| t.abs().max().double_value(&[]);
        let values = expected[3].shallow_clone();
        for (i, ((got, expected), single)) in got.iter().zip(&expected).zip(&single).enumerate() {
            // Where queries see little but one key each, gradients of scores are what is left of numbers as large as those of values.
            let largest = size_of(expected).max(0.1 * size_of(&values)).max(1e-3);
            let [far, theirs] = [got, single].map(|t| (t - expected).abs().max().double_value(&[]) / largest);
            let what = "of output, gradients of queries, keys, values";
            assert!(far < 1e-5_f64.max(3.0 * theirs), "{i} {what}: {far}, libtorch in float32 {theirs}, {plan:?}");
        }
    }

    fn plans() -> impl Strategy<Value = Plan> {
        let row = prop_oneof![1i64..6, 1i64..60, 120i64..280].prop_flat_map(|keys| {
            (0i64..2)
                .prop_flat_map(move |more| (prop_oneof![Just(1), Just(keys + more)], Just(keys + more), Just(keys)))
        });
        let drop = prop_oneof![Just(0.0), Just(0.1), Just(0.5)];
        (prop::collection::vec(row, 1..5), 1i64..5, 1i64..40, drop).prop_map(|(rows, heads, size, drop)| Plan {
            rows,
            heads,
            size,
            drop,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn output_and_gradients_are_those_of_libtorchs_operations(plan in plans()) {
            agrees(&plan);
        }
    }

    /// Softmax does not see what all keys of a query share.
    #[test]
    fn the_gradient_of_a_bias_that_all_keys_have_is_rounding_alone() {
        for drop in [0.0, 0.1] {
            let plan = Plan { rows: vec![(40, 40, 39), (1, 25, 25), (150, 150, 150)], heads: 4, size: 8, drop };
            let single = plan.given();
            let double = single.each_ref().map(|t| t.detach().to_kind(Kind::Double).set_requires_grad(true));
            // Of a bias: that of what it is added to, summed over positions.
            let share = |given: &[Tensor; 3], out: Tensor| {
                let all = computed(given, &out);
                let [query, key] = [1, 2].map(|i| all[i].sum_dim_intlist(0, false, Kind::Double).abs().max());
                (key / query).double_value(&[])
            };
            let kernel = share(&single, plan.run(&single));
            let theirs = share(&single, plan.expected(&single, Kind::Float));
            let exact = share(&double, plan.expected(&double, Kind::Double));
            assert!(kernel < 1e-6 && theirs < 1e-6 && exact < 1e-14, "{drop}: {kernel}, {theirs}, {exact}");
        }
    }

    #[test]
    fn a_row_that_sees_nothing_gives_zeros() {
        let plan = Plan { rows: vec![(2, 2, 0), (3, 3, 3)], heads: 2, size: 4, drop: 0.0 };
        let given = plan.given();
        let all = computed(&given, &plan.run(&given));
        assert!(all.iter().all(|t| t.narrow(0, 0, 2).abs().max().double_value(&[]) == 0.0));
        assert!(all.iter().all(|t| t.isfinite().all().int64_value(&[]) == 1));
    }

    #[test]
    fn a_score_that_is_no_number_stays_in_its_row() {
        let plan = Plan { rows: vec![(3, 3, 3), (2, 2, 2)], heads: 1, size: 3, drop: 0.0 };
        let given = plan.given();
        let _ = tch::no_grad(|| given[1].narrow(0, 1, 1).fill_(f64::NAN));
        let out = plan.run(&given).isnan();
        assert_eq!((out.narrow(0, 0, 3).all().int64_value(&[]), out.narrow(0, 3, 2).any().int64_value(&[])), (1, 0));
    }

    #[test]
    fn without_gradients_the_numbers_are_the_same() {
        for drop in [0.0, 0.3] {
            let plan = Plan { rows: vec![(150, 150, 149), (1, 7, 7)], heads: 2, size: 5, drop };
            let given = plan.given();
            assert_eq!(plan.run(&given).detach(), tch::no_grad(|| plan.run(&given)));
        }
    }

    #[test]
    fn a_graph_can_be_walked_twice_and_has_no_second_derivative() {
        let plan = Plan { rows: vec![(5, 5, 4), (9, 9, 9)], heads: 2, size: 3, drop: 0.1 };
        let given = plan.given();
        let out = plan.run(&given).sum(Kind::Float);
        let walk = |create| Tensor::f_run_backward(&[&out], &given.each_ref()[..], true, create);
        assert_eq!(walk(false).unwrap(), walk(false).unwrap());
        let refused = walk(true).unwrap_err().to_string();
        assert!(refused.contains("leave create_graph out"), "{refused}");
    }
}
