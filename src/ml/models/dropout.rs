//! Dropout (Srivastava et al. 2014): in training each value is zeroed with probability p, the others grow by 1/(1-p).

use super::{Build, Module, Pass, Replica, Row};
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::dropout_mask;
use std::{cell::Cell, rc::Rc};
use tch::{Device, Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "dropout",
    doc: "Drops each element with probability `p` in training and scales the others by 1/(1 − p); in evaluation lets\n\
          everything through.",
    example: "let net = dropout(0.5);\n\
          net.eval();\n\
          assert_eq(net.forward(ones([4])), ones([4]));",
    build: Build::Probability("p", |p| Ok(Rc::new(Dropout::new(p)?))),
};

#[derive(Debug)]
pub struct Dropout {
    p: f64,
    training: Cell<bool>,
}

impl Dropout {
    /// # Errors
    /// `p` outside `[0, 1)`.
    pub fn new(p: f64) -> Result<Self> {
        check("dropout", p)?;
        Ok(Dropout { p, training: Cell::new(true) })
    }
}

/// Says whether `p` is a probability to drop with; 1 would leave nothing to learn from.
pub(super) fn check(layer: &str, p: f64) -> Result<()> {
    match (0.0..1.0).contains(&p) {
        true => Ok(()),
        false => Err(Error::value(format!("{layer}: the probability to drop must be in [0, 1), got {p}"))),
    }
}

/// `x` itself where `p` is 0, as in evaluation.
pub(super) fn drop_if(x: Tensor, p: f64) -> Result<Tensor> {
    if p > 0.0 { dropout_mask::drop(&x, p) } else { Ok(x) }
}

fn drop_value(input: &Value, p: f64) -> Result<Value> {
    match input {
        Value::Tensor(x) => Ok(dropout_mask::drop(x, p)?.into()),
        Value::Sequence(s) => Ok(drop_sequence(s, p)?.into()),
        Value::Batch(batch) => drop_value(&batch.value()?, p),
    }
}

/// On a processor the mask is drawn as if rows were padded, so that what is dropped of a position does not depend on how its row lies.
fn drop_sequence(s: &Sequence, p: f64) -> Result<Sequence> {
    let (shape, layout) = (s.shape(), s.layout());
    s.map(|x| match (x.device(), x.kind()) {
        (Device::Cpu, Kind::Float | Kind::BFloat16) if x.dim() < shape.len() => {
            dropout_mask::apply(x, &layout.pack(&dropout_mask::mask(&shape, p)?)?)
        }
        _ => dropout_mask::drop(x, p),
    })
}

impl Module for Dropout {
    fn type_name(&self) -> &str {
        "Dropout"
    }

    fn describe(&self) -> String {
        self.p.to_string()
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        match self.training.get() && self.p > 0.0 {
            true => drop_value(input, self.p),
            false => Ok(input.clone()),
        }
    }

    fn replicate(&self, _: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Dropout { p: self.p, training: self.training.clone() }))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }
}
