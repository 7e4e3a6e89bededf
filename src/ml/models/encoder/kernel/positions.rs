//! What is computed of each position alone, in one pass over memory each (`positions.cpp`, `numbers.cpp`).

use super::{Raw, fits, made, raw};
use crate::error::Result;
use crate::ml::dropout_mask;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::During;
use std::ffi::c_char;
use tch::{TchError, Tensor};

unsafe extern "C" {
    fn imdbsh_gelu(given: Raw, why: *mut c_char, size: usize) -> Raw;
    fn imdbsh_settle(given: *const Raw, eps: f64, drop: f64, seed: i64, why: *mut c_char, size: usize) -> Raw;
}

/// x·Φ(x), with the normal distribution Φ: libtorch's `gelu` without an approximation.
///
/// # Errors
/// Memory that cannot be had; an interrupt. Its gradient has no gradient: with `create_graph`, libtorch's backward pass fails.
pub(in crate::ml::models) fn gelu(x: &Tensor) -> Result<Tensor, TchError> {
    match fits(x) {
        // SAFETY: the tensor lives, and `why` has its size; no exception comes out of it.
        true => made(|why, size| unsafe { imdbsh_gelu(raw(x), why, size) }),
        false => x.f_gelu("none"),
    }
}

/// What a block gives (`[positions, width]`), with a part of it dropped, added to what went into the block, and normalized with `weight` and `bias`
/// (`[width]`). What is dropped is the same draw as [`dropout_mask::drop`]'s.
///
/// # Errors
/// As those of [`gelu`].
pub(in crate::ml::models) fn settle(
    given: &Tensor,
    before: &Tensor,
    [weight, bias]: [&Tensor; 2],
    eps: f64,
    drop: f64,
) -> Result<Tensor> {
    let all = [given, before, weight, bias];
    if !all.into_iter().all(fits) {
        return settle_whole(given, before, [weight, bias], eps, drop);
    }
    let seed = if drop > 0.0 { random::key_for(Purpose::Dropout) } else { 0 };
    let raws = all.map(raw);
    // SAFETY: the tensors live, and `why` has its size; no exception comes out of it.
    made(|why, size| unsafe { imdbsh_settle(raws.as_ptr(), eps, drop, seed, why, size) }).during("layer_norm", &all)
}

/// As libtorch's operations do it, where there is no kernel.
fn settle_whole(given: &Tensor, before: &Tensor, [weight, bias]: [&Tensor; 2], eps: f64, drop: f64) -> Result<Tensor> {
    let dropped = if drop > 0.0 { dropout_mask::drop(given, drop)? } else { given.shallow_clone() };
    let sum = dropped.f_add(before).during("encoder", &[given, before])?;
    sum.f_layer_norm(weight.size().as_slice(), Some(weight), Some(bias), eps, false).during("layer_norm", &[&sum])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tch::{Device, Kind};

    fn wave(shape: &[i64], by: f64, kind: Kind) -> Tensor {
        let x = Tensor::arange(shape.iter().product::<i64>(), (Kind::Double, Device::Cpu));
        ((x * by).sin() * 3.0).to_kind(Kind::Float).to_kind(kind).reshape(shape).set_requires_grad(true)
    }

    /// The output and the gradients of all that went in.
    fn computed(given: &[Tensor], out: &Tensor) -> Vec<Tensor> {
        let probe = (Tensor::arange(out.numel() as i64, (Kind::Double, Device::Cpu)) * 0.37).cos() + 0.5;
        let probe = probe.reshape_as(out).to_kind(out.kind());
        let gradients = Tensor::run_backward(&[(out * probe).sum(out.kind())], given, true, false);
        std::iter::once(out.detach()).chain(gradients).map(|t| t.to_kind(Kind::Double)).collect()
    }

    #[test]
    fn gelu_and_its_gradient_are_right_everywhere() {
        // More than a thread takes at a time, and beside a vector.
        let x = |kind| Tensor::linspace(-14.0, 14.0, 40_003, (kind, Device::Cpu)).to_kind(Kind::Float).to_kind(kind);
        let single = [x(Kind::Float).set_requires_grad(true)];
        let double = [single[0].detach().to_kind(Kind::Double).set_requires_grad(true)];
        let got = computed(&single, &gelu(&single[0]).unwrap());
        let expected = computed(&double, &double[0].gelu("none"));
        for (got, expected) in got.iter().zip(&expected) {
            let far = ((got - expected).abs() / (expected.abs() + 0.1)).max().double_value(&[]);
            assert!(far < 1e-6, "{far}");
        }
        // Where little is left, it is right as well: libtorch's own takes 1 - 1 there.
        let tail = Tensor::from_slice(&[-4.0f32, -6.0, -8.0]);
        let exact = tail.to_kind(Kind::Double);
        let right = (&exact / -(2f64.sqrt())).erfc() * &exact * 0.5;
        assert!(((gelu(&tail).unwrap() - &right) / right).abs().max().double_value(&[]) < 1e-5);
        let odd = gelu(&Tensor::from_slice(&[f32::NAN, f32::INFINITY, 0.0])).unwrap();
        let odd = Vec::<f32>::try_from(odd).unwrap();
        assert!(odd[0].is_nan() && odd[1] == f32::INFINITY && odd[2] == 0.0, "{odd:?}");
    }

    /// What [`settle`] or libtorch's operations make in that kind of numbers.
    fn settled(positions: i64, width: i64, drop: f64, kind: Kind, by_kernel: bool) -> Vec<Tensor> {
        random::begin_step(3, 5);
        let given = [
            wave(&[positions, width], 0.7, kind),
            wave(&[positions, width], 0.3, kind),
            wave(&[width], 0.9, kind),
            wave(&[width], 1.1, kind),
        ];
        let norm = [&given[2], &given[3]];
        let out = match by_kernel {
            true => settle(&given[0], &given[1], norm, 1e-5, drop).unwrap(),
            false => {
                let mask = dropout_mask::mask(&[positions, width], drop).unwrap();
                settle_whole(&given[0].f_mul(&mask).unwrap(), &given[1], norm, 1e-5, 0.0).unwrap()
            }
        };
        computed(&given, &out)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn dropout_residual_and_norm_are_those_of_libtorchs_operations(
            // Of two features the norm is 1 and -1, whatever they are, and its gradient is what rounding leaves.
            positions in prop_oneof![1i64..5, 100i64..400], width in prop_oneof![3i64..40, 370i64..400],
            drop in prop_oneof![Just(0.0), Just(0.1), Just(0.5)],
        ) {
            let got = settled(positions, width, drop, Kind::Float, true);
            let [expected, single] = [Kind::Double, Kind::Float].map(|kind| settled(positions, width, drop, kind, false));
            for (i, ((got, expected), single)) in got.iter().zip(&expected).zip(&single).enumerate() {
                let largest = expected.abs().max().double_value(&[]).max(1e-3);
                let [far, theirs] = [got, single].map(|t| (t - expected).abs().max().double_value(&[]) / largest);
                // Where the few features of a position are nearly equal, what they differ by is rounding for libtorch as well.
                let what = format!("{i} of {positions} positions of {width}, {drop} dropped");
                assert!(far < 3e-6_f64.max(3.0 * theirs), "{what}: {far}, libtorch in float32 {theirs}");
            }
        }
    }

    #[test]
    fn without_gradients_the_numbers_are_the_same() {
        let [given, before, weight, bias] = [
            wave(&[9, 21], 0.7, Kind::Float),
            wave(&[9, 21], 0.3, Kind::Float),
            wave(&[21], 0.9, Kind::Float),
            wave(&[21], 1.1, Kind::Float),
        ];
        let run = || {
            random::begin_step(3, 5);
            let out = settle(&given, &before, [&weight, &bias], 1e-5, 0.3).unwrap();
            gelu(&out).unwrap()
        };
        assert_eq!(run().detach(), tch::no_grad(run));
    }

    #[test]
    fn a_graph_can_be_walked_twice_and_has_no_second_derivative() {
        let x = wave(&[3, 8], 0.7, Kind::Float);
        let (weight, bias) = (wave(&[8], 0.9, Kind::Float), wave(&[8], 1.1, Kind::Float));
        for out in [gelu(&x).unwrap(), settle(&x, &x, [&weight, &bias], 1e-5, 0.1).unwrap()] {
            let out = out.square().sum(Kind::Float);
            let walk = |create| Tensor::f_run_backward(&[&out], &[&x], true, create);
            assert_eq!(walk(false).unwrap(), walk(false).unwrap());
            let refused = walk(true).unwrap_err().to_string();
            assert!(refused.contains("leave create_graph out"), "{refused}");
        }
    }
}
