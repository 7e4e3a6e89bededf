//! What the tests of networks share.

use imdbsh::ml::batch::{Pad, Sequence, Value};
use imdbsh::ml::models::{Module, Pass, named_parameters};
use imdbsh::ml::{device, random};
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

/// Runs `test` with each of the machine's devices as the current one.
pub fn on_every_device(test: impl Fn(Device)) {
    for d in device::all() {
        device::set_current(d);
        random::manual_seed(1);
        test(d);
    }
    device::set_current(Device::Cpu);
}

/// Numbers that PyTorch can make as well: sin(1 + phase), sin(2 + phase), … times `scale`.
pub fn ramp(shape: &[i64], scale: f64, phase: f64) -> Tensor {
    let n: i64 = shape.iter().product();
    let angles = Tensor::arange(n, (Kind::Double, Device::Cpu)) + (1.0 + phase);
    (angles.sin() * scale).to_kind(Kind::Float).reshape(shape).to_device(device::current())
}

/// Sets parameter number i to `ramp(shape, 0.3, 10 i)`.
pub fn fill(module: &dyn Module) {
    for (i, (_, mut p)) in named_parameters(module).into_iter().enumerate() {
        tch::no_grad(|| p.copy_(&ramp(&p.size(), 0.3, 10.0 * i as f64)));
    }
}

/// Runs a layer on its own.
pub fn run(module: &dyn Module, input: impl Into<Value>) -> Tensor {
    let output = module.forward(&input.into(), &Pass::default()).unwrap();
    output.tensor().unwrap().shallow_clone()
}

/// A scalar that depends on every number of `y` in its own way: Σ y·ramp.
pub fn probe(y: &Tensor) -> Tensor {
    (y * ramp(&y.size(), 1.0, 0.0)).sum(Kind::Float)
}

pub fn numbers(t: &Tensor) -> Vec<f64> {
    Vec::try_from(t.to_device(Device::Cpu).to_kind(Kind::Double).reshape([-1])).unwrap()
}

#[track_caller]
pub fn assert_close(what: &str, got: &Tensor, expected: &[f64]) {
    let got = numbers(got);
    assert_eq!(got.len(), expected.len(), "{what}: number of values");
    for (i, (g, e)) in got.iter().zip(expected).enumerate() {
        assert!((g - e).abs() <= 1e-5 * e.abs() + 1e-6, "{what}[{i}]: got {g}, expected {e}\n{got:?}");
    }
}

pub fn sequence(x: &Tensor, lengths: &[i64], pad: Pad) -> Sequence {
    Sequence::padded(x.shallow_clone(), &Tensor::from_slice(lengths), pad).unwrap()
}

/// `[batch, width, 1]`, true at real positions.
pub fn real(lengths: &[i64], width: i64, pad: Pad) -> Tensor {
    let lengths = Tensor::from_slice(lengths).view([-1, 1, 1]);
    let position = Tensor::arange(width, (Kind::Int64, Device::Cpu)).view([1, -1, 1]);
    let real = match pad {
        Pad::Back => position.lt_tensor(&lengths),
        Pad::Front => position.ge_tensor(&(-lengths + width)),
    };
    real.to_device(device::current())
}

pub fn rc(module: impl Module + 'static) -> Rc<dyn Module> {
    Rc::new(module)
}
