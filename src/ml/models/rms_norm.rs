//! Root-mean-square normalization (Zhang, Sennrich 2019): `x / √(mean(x²) + eps) · weight` over the last dimension.

use super::{Build, Module, Pass, Replica, Row, init};
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::tensor::{During, describe};
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "rms_norm",
    doc: "Divides the last dimension by the root of its mean square, then scales it (Zhang, Sennrich 2019). Options: `eps`, by\n\
          default the distance from 1 to the next number of the input's kind, 1.19e-7 of float32, as in PyTorch; `affine` true.",
    example: "let y = rms_norm(2).forward(tensor([[3.0, 4.0]]));\n\
          assert_close(y, tensor([[3.0, 4.0]]) / sqrt(12.5), 1e-6);",
    build: Build::One("size", |options| {
        let (eps, affine) = (options.optional_number("eps")?, options.boolean("affine", true)?);
        Ok(Box::new(move |size| Ok(Rc::new(RmsNorm::new(size, eps, affine)?))))
    }),
};

/// PyTorch's `RMSNorm` over the last dimension.
#[derive(Debug)]
pub struct RmsNorm {
    size: i64,
    eps: Option<f64>,
    weight: Option<Tensor>,
}

impl RmsNorm {
    /// With `affine` a weight (ones) follows.
    ///
    /// # Errors
    /// A size below 1, an `eps` that is not above 0.
    pub fn new(size: i64, eps: Option<f64>, affine: bool) -> Result<RmsNorm> {
        init::at_least_one("rms_norm", "size", size)?;
        if let Some(eps) = eps.filter(|eps| eps.is_nan() || *eps <= 0.0) {
            return Err(Error::value(format!("rms_norm: eps must be above 0, got {eps}")));
        }
        let weight = if affine { Some(init::constant(&[size], 1.0)?) } else { None };
        Ok(RmsNorm { size, eps, weight })
    }
}

impl Module for RmsNorm {
    fn type_name(&self) -> &str {
        "RMSNorm"
    }

    fn describe(&self) -> String {
        let eps = self.eps.map(|eps| format!(", eps={eps:e}")).unwrap_or_default();
        let affine = if self.weight.is_some() { "" } else { ", affine=false" };
        format!("{}{eps}{affine}", self.size)
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        input.map(|x| {
            if x.size().last() != Some(&self.size) {
                let (layer, size, given) = (self.describe(), self.size, describe(x));
                return Err(Error::shape(format!("rms_norm({layer}) takes [.., {size}], got {given}")));
            }
            x.f_rms_norm([self.size], self.weight.as_ref(), self.eps).during("rms_norm", &[x])
        })
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.weight.iter().map(|w| ("weight".to_string(), w.shallow_clone())).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let weight = self.weight.as_ref().map(|w| replica.tensor(w)).transpose()?;
        Ok(Rc::new(RmsNorm { size: self.size, eps: self.eps, weight }))
    }

    fn example_input(&self) -> Option<Value> {
        let device = self.weight.as_ref().map_or_else(crate::ml::device::current, Tensor::device);
        Tensor::f_zeros([1, self.size], (Kind::Float, device)).ok().map(Value::from)
    }
}
