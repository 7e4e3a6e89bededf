//! Initial parameters: PyTorch's distributions, drawn by counter.
//!
//! Numbers are drawn on the CPU and then moved, so that a seed means the same network on every device.

use crate::error::{Error, Result};
use crate::ml::{device, random, tensor::During};
use tch::{Device, Kind, Tensor};

/// A trained parameter with values uniform in `[-bound, bound)`.
pub(super) fn uniform(shape: &[i64], bound: f64) -> Result<Tensor> {
    trained(drawn(shape, |t| t.f_uniform_(-bound, bound))?)
}

/// A trained parameter with values from the standard normal distribution.
pub(super) fn normal(shape: &[i64]) -> Result<Tensor> {
    gaussian(shape, 1.0)
}

/// A trained parameter with values from the normal distribution around 0.
pub(super) fn gaussian(shape: &[i64], std: f64) -> Result<Tensor> {
    trained(drawn(shape, |t| t.f_normal_(0.0, std))?)
}

/// A trained parameter that starts as one number everywhere.
pub(super) fn constant(shape: &[i64], value: f64) -> Result<Tensor> {
    trained(Tensor::f_full(shape, value, (Kind::Float, device::current())).during("initial parameters", &[])?)
}

/// Beyond this, sizes overflow when they are multiplied; no machine has room for such a layer.
const LARGEST: i64 = 1 << 30;

/// Sets a size's limits: `linear: in_features must be at least 1, got 0`.
pub(super) fn at_least_one(layer: &str, what: &str, size: i64) -> Result<()> {
    if size < 1 {
        return Err(Error::value(format!("{layer}: {what} must be at least 1, got {size}")));
    }
    if size > LARGEST {
        return Err(Error::value(format!("{layer}: {what} must be at most {LARGEST}, got {size}")));
    }
    Ok(())
}

fn drawn(shape: &[i64], fill: impl FnOnce(&mut Tensor) -> Result<Tensor, tch::TchError>) -> Result<Tensor> {
    let mut t = Tensor::f_empty(shape, (Kind::Float, Device::Cpu)).during("initial parameters", &[])?;
    let _ = random::draw(random::Purpose::Init, || fill(&mut t)).during("initial parameters", &[])?;
    t.f_to_device(device::current()).during("initial parameters", &[])
}

fn trained(t: Tensor) -> Result<Tensor> {
    t.f_set_requires_grad(true).during("initial parameters", &[])
}
