//! The functions that `hidden_act` can name, as transformers' table `ACT2FN` has them.

use super::kernel;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::During;
use std::fmt;
use tch::{TchError, Tensor};

type Function = fn(&Tensor) -> Result<Tensor, TchError>;

/// The function between the two linear layers of a feed-forward block.
#[derive(Clone, Copy)]
pub struct Activation {
    name: &'static str,
    function: Function,
}

const TABLE: [(&str, Function); 19] = [
    ("gelu", kernel::gelu),
    ("gelu_python", kernel::gelu),
    ("gelu_new", |x| x.f_gelu("tanh")),
    ("gelu_fast", |x| x.f_gelu("tanh")),
    ("gelu_accurate", |x| x.f_gelu("tanh")),
    ("gelu_pytorch_tanh", |x| x.f_gelu("tanh")),
    ("gelu_python_tanh", |x| x.f_gelu("tanh")),
    ("gelu_10", |x| kernel::gelu(x)?.f_clamp(-10.0, 10.0)),
    ("quick_gelu", |x| x.f_mul(&x.f_mul_scalar(1.702)?.f_sigmoid()?)),
    ("relu", |x| x.f_relu()),
    ("relu2", |x| x.f_relu()?.f_square()),
    ("relu6", |x| x.f_relu6()),
    ("leaky_relu", |x| x.f_leaky_relu()),
    ("silu", |x| x.f_silu()),
    ("swish", |x| x.f_silu()),
    ("mish", |x| x.f_mish()),
    ("tanh", |x| x.f_tanh()),
    ("sigmoid", |x| x.f_sigmoid()),
    ("linear", |x| Ok(x.shallow_clone())),
];

impl Activation {
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn named(name: &str) -> Result<Activation> {
        let found = TABLE.iter().find(|(n, _)| *n == name);
        found.map(|(name, function)| Activation { name, function: *function }).ok_or_else(|| {
            let names = TABLE.map(|(n, _)| n);
            Error::unknown(ErrorKind::Option, "activation", name, &names)
        })
    }

    pub(super) fn apply(&self, x: &Tensor) -> Result<Tensor> {
        (self.function)(x).during(self.name, &[x])
    }
}

impl Activation {
    /// One that the table has.
    pub(super) fn known(name: &str) -> Activation {
        Activation::named(name).unwrap_or_default()
    }
}

impl Default for Activation {
    fn default() -> Self {
        let (name, function) = TABLE[0];
        Activation { name, function }
    }
}

impl PartialEq for Activation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
