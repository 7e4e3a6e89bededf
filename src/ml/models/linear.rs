//! `y = x Wᵀ + b`.

use super::{Build, Module, Pass, Replica, Row, init};
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::tensor::{During, describe};
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "linear",
    doc: "A linear layer, `y = x Wᵀ + b`: `[…, in]` → `[…, out]`. Parameters `weight` `[out, in]` and `bias` `[out]` start\n\
          uniform in ±1/√in. Option: `bias` true.",
    example: "assert_eq(linear(3, 2).forward(zeros([5, 3])).shape, [5, 2]);\n\
          assert_eq(linear(3, 2, #{ bias: false }).parameters().len(), 1);",
    build: Build::Two(["in_features", "out_features"], |options| {
        let bias = options.boolean("bias", true)?;
        Ok(Box::new(move |inputs, outputs| Ok(Rc::new(Linear::new(inputs, outputs, bias)?))))
    }),
};

/// PyTorch's `Linear`: the last dimension goes from `in_features` to `out_features`.
#[derive(Debug)]
pub struct Linear {
    /// `[out_features, in_features]`.
    weight: Tensor,
    /// `[out_features]`.
    bias: Option<Tensor>,
}

impl Linear {
    /// Weight and bias start uniform in ±1/√in_features, as in PyTorch.
    ///
    /// # Errors
    /// A size below 1.
    pub fn new(in_features: i64, out_features: i64, bias: bool) -> Result<Self> {
        init::at_least_one("linear", "in_features", in_features)?;
        init::at_least_one("linear", "out_features", out_features)?;
        let bound = (in_features as f64).sqrt().recip();
        let weight = init::uniform(&[out_features, in_features], bound)?;
        let bias = if bias { Some(init::uniform(&[out_features], bound)?) } else { None };
        Ok(Linear { weight, bias })
    }

    /// A copy, see [`Replica`].
    pub(super) fn copied(&self, replica: &mut Replica) -> Result<Linear> {
        let bias = self.bias.as_ref().map(|b| replica.tensor(b)).transpose()?;
        Ok(Linear { weight: replica.tensor(&self.weight)?, bias })
    }

    /// `[…, in_features]` → `[…, out_features]`.
    pub(super) fn apply(&self, x: &Tensor) -> Result<Tensor> {
        x.f_linear(&self.weight, self.bias.as_ref()).during("linear", &[x, &self.weight])
    }

    fn in_features(&self) -> i64 {
        self.weight.size()[1]
    }
}

impl Module for Linear {
    fn type_name(&self) -> &str {
        "Linear"
    }

    fn describe(&self) -> String {
        let bias = if self.bias.is_some() { "" } else { ", bias=false" };
        format!("{}, {}{bias}", self.in_features(), self.weight.size()[0])
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        input.map(|x| {
            if x.size().last() != Some(&self.in_features()) {
                let (layer, takes, given) = (self.describe(), self.in_features(), describe(x));
                return Err(Error::shape(format!(
                    "linear({layer}) takes {takes} features in the last dimension, got {given}"
                )));
            }
            self.apply(x)
        })
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let bias = self.bias.iter().map(|b| ("bias".to_string(), b.shallow_clone()));
        std::iter::once(("weight".to_string(), self.weight.shallow_clone())).chain(bias).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(self.copied(replica)?))
    }

    fn example_input(&self) -> Option<Value> {
        let options = (Kind::Float, self.weight.device());
        Tensor::f_zeros([1, self.in_features()], options).ok().map(Value::from)
    }
}
