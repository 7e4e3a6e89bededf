//! What all optimizers are tried on.

use imdbsh::ml::optim::{self, Group, Optimizer};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

/// A small network with a hidden layer of tanh, and data to fit.
pub struct Problem {
    pub w: Tensor,
    pub b: Tensor,
    pub v: Tensor,
    pub x: Tensor,
    pub y: Tensor,
}

impl Problem {
    pub fn new(device: Device) -> Problem {
        Problem::of(Kind::Float, device)
    }

    pub fn of(kind: Kind, device: Device) -> Problem {
        let n = |count: i64, shape: &[i64], scale: f64| {
            (Tensor::arange_start(1, count + 1, (kind, device)).reshape(shape)) * scale
        };
        Problem {
            w: n(12, &[4, 3], 0.7).sin().set_requires_grad(true),
            b: n(4, &[4], 1.3).cos().set_requires_grad(true),
            v: n(4, &[4], 0.4).sin().set_requires_grad(true),
            x: n(24, &[8, 3], 1.1).sin(),
            y: n(8, &[8], 0.9).cos(),
        }
    }

    pub fn loss(&self) -> Tensor {
        let scores = (self.x.matmul(&self.w.tr()) + &self.b).tanh().matmul(&self.v);
        (scores - &self.y).square().mean(self.y.kind())
    }

    pub fn steps(&self, optimizer: &Optimizer, count: usize) {
        for _ in 0..count {
            optimizer.zero_grad().unwrap();
            self.loss().backward();
            optimizer.step().unwrap();
        }
    }

    pub fn hidden(&self) -> Vec<(String, Tensor)> {
        vec![("w".into(), self.w.shallow_clone()), ("b".into(), self.b.shallow_clone())]
    }

    pub fn head(&self) -> Vec<(String, Tensor)> {
        vec![("v".into(), self.v.shallow_clone())]
    }

    pub fn params(&self) -> Vec<(String, Tensor)> {
        self.hidden().into_iter().chain(self.head()).collect()
    }

    pub fn matrices(&self) -> Vec<(String, Tensor)> {
        vec![("w".into(), self.w.shallow_clone())]
    }

    pub fn tensors(&self) -> Vec<Tensor> {
        self.params().into_iter().map(|(_, t)| t).collect()
    }

    pub fn values(&self) -> Vec<f64> {
        flat(&Tensor::cat(&[self.w.flatten(0, -1), self.b.shallow_clone(), self.v.shallow_clone()], 0))
    }
}

pub fn flat(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor.detach().flatten(0, -1).to_kind(Kind::Double).to(Device::Cpu)).unwrap()
}

pub fn group(params: Vec<(String, Tensor)>, name: &str, options: &str) -> Group {
    let options: Value = serde_json::from_str(options).unwrap();
    Group::new(params, optim::algorithm(name, options.as_object().unwrap()).unwrap()).unwrap()
}

/// The optimizer `name` over all parameters.
pub fn optimizer(problem: &Problem, name: &str, options: &str) -> Optimizer {
    Optimizer::new(vec![group(problem.params(), name, options)]).unwrap()
}

#[track_caller]
pub fn assert_close(what: &str, got: &[f64], wanted: &[f64]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(wanted).enumerate() {
        assert!((g - w).abs() <= 1e-5 * w.abs().max(0.1), "{what}: element {i} is {g}, PyTorch has {w}");
    }
}
