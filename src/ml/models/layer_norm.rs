//! Layer normalization (Ba, Kiros, Hinton 2016): `(x - mean) / √(variance + eps) · weight + bias` over the last dimensions.

use super::encoder::kernel;
use super::{Build, Module, Pass, Replica, Row, dropout, init};
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::tensor::{During, describe};
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "layer_norm",
    doc: "Normalizes the last dimension to mean 0 and variance 1, then scales and shifts it (Ba, Kiros, Hinton 2016).\n\
          Options: `eps` 1e-5, `affine` true.",
    example: "let y = layer_norm(4).forward(tensor([[1.0, 2.0, 3.0, 4.0]]));\n\
          assert_close(y.mean(), 0.0, 1e-6);",
    build: Build::One("size", |options| {
        let (eps, affine) = (options.number("eps", 1e-5)?, options.boolean("affine", true)?);
        Ok(Box::new(move |size| Ok(Rc::new(LayerNorm::new(&[size], eps, affine)?))))
    }),
};

/// PyTorch's `LayerNorm`; the variance is the biased one.
#[derive(Debug)]
pub struct LayerNorm {
    shape: Vec<i64>,
    eps: f64,
    /// Weight and bias, both of `shape`.
    affine: Option<(Tensor, Tensor)>,
}

impl LayerNorm {
    /// Normalizes over the last dimensions, which must be `shape`; `eps` is 1e-5 in PyTorch, 1e-12 in BERT. With `affine`
    /// a weight (ones) and a bias (zeros) follow.
    ///
    /// # Errors
    /// An empty shape, a size below 1, an `eps` that is not above 0.
    pub fn new(shape: &[i64], eps: f64, affine: bool) -> Result<Self> {
        if shape.is_empty() {
            return Err(Error::value("layer_norm: the shape to normalize over is empty"));
        }
        for size in shape {
            init::at_least_one("layer_norm", "each size", *size)?;
        }
        if eps.is_nan() || eps <= 0.0 {
            return Err(Error::value(format!("layer_norm: eps must be above 0, got {eps}")));
        }
        let affine = match affine {
            true => Some((init::constant(shape, 1.0)?, init::constant(shape, 0.0)?)),
            false => None,
        };
        Ok(LayerNorm { shape: shape.to_vec(), eps, affine })
    }

    /// A copy, see [`Replica`].
    pub(super) fn copied(&self, replica: &mut Replica) -> Result<LayerNorm> {
        let affine = match &self.affine {
            Some((weight, bias)) => Some((replica.tensor(weight)?, replica.tensor(bias)?)),
            None => None,
        };
        Ok(LayerNorm { shape: self.shape.clone(), eps: self.eps, affine })
    }

    /// `[…, shape]` → the same.
    pub(super) fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let (weight, bias) = self.affine.as_ref().map_or((None, None), |(weight, bias)| (Some(weight), Some(bias)));
        x.f_layer_norm(self.shape.as_slice(), weight, bias, self.eps, false).during("layer_norm", &[x])
    }

    /// Of what a block gives, `[positions, size]`, with a part of it dropped, and what went into the block.
    pub(super) fn settle(&self, given: &Tensor, before: &Tensor, drop: f64) -> Result<Tensor> {
        match &self.affine {
            Some((weight, bias)) => kernel::settle(given, before, [weight, bias], self.eps, drop),
            None => self
                .apply(&dropout::drop_if(given.shallow_clone(), drop)?.f_add(before).during("layer_norm", &[given])?),
        }
    }
}

impl Module for LayerNorm {
    fn type_name(&self) -> &str {
        "LayerNorm"
    }

    fn describe(&self) -> String {
        let affine = if self.affine.is_some() { "" } else { ", affine=false" };
        match self.shape.as_slice() {
            [one] => format!("{one}, eps={:e}{affine}", self.eps),
            several => format!("{several:?}, eps={:e}{affine}", self.eps),
        }
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        input.map(|x| {
            if !x.size().ends_with(&self.shape) {
                let (layer, shape, given) = (self.describe(), &self.shape, describe(x));
                return Err(Error::shape(format!("layer_norm({layer}) takes [.., {}], got {given}", join(shape))));
            }
            self.apply(x)
        })
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let named = |(weight, bias): &(Tensor, Tensor)| {
            [("weight".to_string(), weight.shallow_clone()), ("bias".to_string(), bias.shallow_clone())]
        };
        self.affine.iter().flat_map(named).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(self.copied(replica)?))
    }

    fn example_input(&self) -> Option<Value> {
        let shape: Vec<i64> = std::iter::once(1).chain(self.shape.iter().copied()).collect();
        let device = self.affine.as_ref().map_or_else(crate::ml::device::current, |(weight, _)| weight.device());
        Tensor::f_zeros(shape, (Kind::Float, device)).ok().map(Value::from)
    }
}

fn join(sizes: &[i64]) -> String {
    sizes.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
