//! Functions without parameters, as layers. A new one is a new row of [`ACTIVATIONS`].

use super::{Module, Pass, Replica};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::Value;
use crate::ml::tensor::During;
use std::rc::Rc;
use tch::{TchError, Tensor};

type Applied = std::result::Result<Tensor, TchError>;

/// What is computed: on each number alone, or along one dimension.
#[derive(Clone, Copy)]
enum Function {
    Pointwise(fn(&Tensor) -> Applied),
    Along(fn(&Tensor, i64) -> Applied),
}

/// One activation under its name in scripts and its class in PyTorch.
struct Row {
    name: &'static str,
    type_name: &'static str,
    function: Function,
}

const fn pointwise(name: &'static str, type_name: &'static str, f: fn(&Tensor) -> Applied) -> Row {
    Row { name, type_name, function: Function::Pointwise(f) }
}

const fn along(name: &'static str, type_name: &'static str, f: fn(&Tensor, i64) -> Applied) -> Row {
    Row { name, type_name, function: Function::Along(f) }
}

/// All of them, with PyTorch's default constants (leaky_relu 0.01, elu 1, softplus 1 and 20).
const ACTIVATIONS: [Row; 15] = [
    pointwise("relu", "ReLU", |x| x.f_relu()),
    pointwise("gelu", "GELU", |x| x.f_gelu("none")),
    pointwise("tanh", "Tanh", |x| x.f_tanh()),
    pointwise("sigmoid", "Sigmoid", |x| x.f_sigmoid()),
    pointwise("leaky_relu", "LeakyReLU", |x| x.f_leaky_relu()),
    pointwise("elu", "ELU", |x| x.f_elu()),
    pointwise("selu", "SELU", |x| x.f_selu()),
    pointwise("silu", "SiLU", |x| x.f_silu()),
    pointwise("mish", "Mish", |x| x.f_mish()),
    pointwise("softplus", "Softplus", |x| x.f_softplus()),
    pointwise("relu6", "ReLU6", |x| x.f_relu6()),
    pointwise("hardtanh", "Hardtanh", |x| x.f_hardtanh()),
    pointwise("identity", "Identity", |x| Ok(x.shallow_clone())),
    along("softmax", "Softmax", |x, dim| x.f_softmax(dim, None)),
    along("log_softmax", "LogSoftmax", |x, dim| x.f_log_softmax(dim, None)),
];

/// The names that [`Activation::new`] knows.
pub fn activation_names() -> Vec<&'static str> {
    ACTIVATIONS.iter().map(|row| row.name).collect()
}

/// A function as a layer.
pub struct Activation {
    row: &'static Row,
    dim: i64,
}

impl Activation {
    /// The activation of this name; those that work along a dimension (softmax, log_softmax) take the last.
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn new(name: &str) -> Result<Self> {
        match ACTIVATIONS.iter().find(|row| row.name == name) {
            Some(row) => Ok(Activation { row, dim: -1 }),
            None => Err(Error::unknown(ErrorKind::Option, "activation", name, &activation_names())),
        }
    }

    /// The activation of this name along dimension `dim` (negative: counted from the end).
    ///
    /// # Errors
    /// An unknown name, or one that works on each number alone.
    pub fn along(name: &str, dim: i64) -> Result<Self> {
        let found = Activation::new(name)?;
        match found.row.function {
            Function::Along(_) => Ok(Activation { dim, ..found }),
            Function::Pointwise(_) => {
                Err(Error::value(format!("{name} works on each number alone and takes no dimension")))
            }
        }
    }
}

impl Activation {
    fn apply_along(&self, f: fn(&Tensor, i64) -> Applied, input: &Value) -> Result<Value> {
        match input {
            Value::Batch(batch) => self.apply_along(f, &batch.value()?),
            Value::Tensor(x) => Ok(f(x, self.dim).during(self.row.name, &[x])?.into()),
            Value::Sequence(s) if matches!(self.dim, -1 | 2) => {
                Ok(s.map(|x| f(x, -1).during(self.row.name, &[x]))?.into())
            }
            // Along time, padding would take part.
            Value::Sequence(s) => {
                let (name, dim, given) = (self.row.name, self.dim, s.describe());
                let message = format!("{name}(dim={dim}) of {given}: only its features (dim=-1) can be taken");
                Err(Error::shape(message))
            }
        }
    }
}

impl Module for Activation {
    fn type_name(&self) -> &str {
        self.row.type_name
    }

    fn describe(&self) -> String {
        match self.row.function {
            Function::Pointwise(_) => String::new(),
            Function::Along(_) => format!("dim={}", self.dim),
        }
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        match self.row.function {
            Function::Pointwise(f) => input.map(|x| f(x).during(self.row.name, &[x])),
            Function::Along(f) => self.apply_along(f, input),
        }
    }

    fn replicate(&self, _: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Activation { row: self.row, dim: self.dim }))
    }
}
