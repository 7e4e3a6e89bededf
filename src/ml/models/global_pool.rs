//! One vector for each row: what its positions come to.

use super::{Build, Module, Pass, Replica, Row};
use crate::error::{ErrorKind, Result, choose};
use crate::ml::batch::Value;
use std::rc::Rc;

pub(super) const ROW: Row = Row {
    name: "global_pool",
    doc: "One vector for each row, `[batch, length, features]` → `[batch, features]`: the `\"max\"`, `\"mean\"` or `\"sum\"` of each\n\
          feature over the row's real positions. PyTorch has it as `AdaptiveMaxPool1d(1)` and `AdaptiveAvgPool1d(1)` over rows without padding.",
    example: "let s = sequence(tensor([[[1.0], [3.0], [9.0]]]), tensor([2]), \"back\");\n\
          assert_eq(global_pool(\"max\").forward(s), tensor([[3.0]]));",
    build: Build::Named("over", |name| Ok(Rc::new(GlobalPool(Over::parse(name)?)))),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Max,
    Mean,
    Sum,
}

const OVER: [(&str, Over); 3] = [("max", Over::Max), ("mean", Over::Mean), ("sum", Over::Sum)];

impl Over {
    /// `"max"` → [`Over::Max`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Over> {
        choose(&OVER, name, ErrorKind::Option, "pooling").map_err(|e| e.within("global_pool"))
    }

    fn name(self) -> &'static str {
        match self {
            Over::Max => "max",
            Over::Mean => "mean",
            Over::Sum => "sum",
        }
    }
}

/// Pooling over all real positions of a row.
#[derive(Debug)]
pub struct GlobalPool(pub Over);

impl Module for GlobalPool {
    fn type_name(&self) -> &str {
        "GlobalPool"
    }

    fn describe(&self) -> String {
        format!("\"{}\"", self.0.name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let s = input.sequence(&format!("global_pool({})", self.describe()))?;
        let pooled = match self.0 {
            Over::Max => s.max(),
            Over::Mean => s.mean(),
            Over::Sum => s.sum(),
        };
        Ok(pooled?.into())
    }

    fn replicate(&self, _: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(GlobalPool(self.0)))
    }
}
