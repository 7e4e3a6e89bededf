//! Adam's step in one pass over memory, on a processor in float32 (`adam.cpp`, `moments.cpp`).

use crate::ml::tensor::called;
use std::ffi::{c_char, c_void};
use tch::{Device, Kind, TchError, Tensor};

/// What all numbers have in common; `moments.h` says what each is.
#[repr(C)]
pub(super) struct Step {
    pub decay: f32,
    pub shrinks: f32,
    pub share: f32,
    pub keeps: f32,
    pub takes: f32,
    pub root: f32,
    pub eps: f32,
    pub along: f32,
}

unsafe extern "C" {
    fn imdbsh_adam(given: *const *mut c_void, count: i64, step: *const Step, why: *mut c_char, size: usize) -> bool;
}

/// Whether it computes on such tensors.
pub(super) fn takes(all: &[Tensor]) -> bool {
    let fits = |t: &Tensor| t.device() == Device::Cpu && t.kind() == Kind::Float && !t.is_sparse() && t.is_contiguous();
    all.iter().all(fits)
}

/// `all` holds parameter, gradient, mean and mean square, and with AMSGrad the largest mean square; all but the gradient change.
///
/// # Errors
/// Tensors of different sizes.
pub(super) fn descend(all: &[Tensor], step: &Step) -> Result<(), TchError> {
    let given: Vec<*mut c_void> = all.iter().map(|t| t.as_ptr().cast_mut().cast()).collect();
    let (all, count) = (given.as_ptr(), given.len() as i64);
    // SAFETY: the tensors live, and `why` has its size; no exception comes out of it.
    called(|why, size| unsafe { imdbsh_adam(all, count, step, why, size).then_some(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::optim::{Group, Optimizer, algorithm};

    fn wave(n: i64, by: f64, kind: Kind) -> Tensor {
        (Tensor::arange(n, (Kind::Double, Device::Cpu)) * by).sin().to_kind(kind)
    }

    fn optimizer(name: &str, options: &str, weights: &Tensor) -> Optimizer {
        let options: serde_json::Value = serde_json::from_str(options).unwrap();
        let algorithm = algorithm(name, options.as_object().unwrap()).unwrap();
        Optimizer::new(vec![Group::new(vec![("w".into(), weights.shallow_clone())], algorithm).unwrap()]).unwrap()
    }

    /// The weights behind three steps in that kind of numbers: float64 is left to libtorch's operations.
    fn trained(name: &str, options: &str, n: i64, kind: Kind) -> Tensor {
        let weights = wave(n, 0.7, kind).set_requires_grad(true);
        let optimizer = optimizer(name, options, &weights);
        for step in 0..3 {
            optimizer.zero_grad().unwrap();
            (&weights * (wave(n, 0.3 + f64::from(step), kind) + 1.5)).sum(kind).backward();
            optimizer.step().unwrap();
        }
        weights.detach().to_kind(Kind::Double)
    }

    #[test]
    fn a_step_is_that_of_libtorchs_operations() {
        for (name, options) in [
            ("adam", r#"{ "lr": 0.1 }"#),
            ("adam", r#"{ "lr": 0.1, "weight_decay": 0.3, "amsgrad": true, "betas": [0.3, 0.6] }"#),
            ("adamw", r#"{ "lr": 0.1, "weight_decay": 0.3, "eps": 0.01 }"#),
        ] {
            // Beside a vector, and beside what a thread takes at a time.
            for n in [1, 7, 300_001] {
                let [got, expected] = [Kind::Float, Kind::Double].map(|kind| trained(name, options, n, kind));
                let far = (got - expected).abs().max().double_value(&[]);
                assert!(far < 1e-5, "{name} {options} of {n}: {far}");
            }
        }
    }

    #[test]
    fn a_graph_of_before_the_step_is_refused() {
        let weights = wave(9, 0.7, Kind::Float).set_requires_grad(true);
        let optimizer = optimizer("adam", "{}", &weights);
        let loss = weights.square().sum(Kind::Float);
        weights.sum(Kind::Float).backward();
        optimizer.step().unwrap();
        assert!(loss.f_backward().unwrap_err().to_string().contains("modified by an inplace operation"));
    }
}
