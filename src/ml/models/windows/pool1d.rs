//! The largest or the mean of each feature in windows of positions.

use super::shape::Windows;
use super::{generic, kernel};
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::models::{Build, Module, OfOne, Pass, Replica, Row};
use crate::ml::options::ReadOptions;
use crate::ml::tensor::During;
use std::rc::Rc;

pub(in crate::ml::models) const MAX_POOL1D: Row = Row {
    name: "max_pool1d",
    doc: "The largest of each feature in windows of `kernel_size` positions, `[batch, length, features]` → the same with fewer\n\
          positions; what lies beyond a row's ends is not seen. Lengths change as `conv1d` says. Options: `stride` `kernel_size`,\n\
          `padding` 0 (at most half of a window), `dilation` 1.",
    example: "let x = tensor([[[1.0], [3.0], [2.0], [0.0]]]);\n\
          assert_eq(max_pool1d(2).forward(x).values, tensor([[[3.0], [2.0]]]));",
    build: Build::One("kernel_size", |options| read(Pooled::Max, options)),
};

pub(in crate::ml::models) const AVG_POOL1D: Row = Row {
    name: "avg_pool1d",
    doc: "The mean of each feature in windows of `kernel_size` positions, `[batch, length, features]` → the same with fewer positions;\n\
          padding counts as zeros, as PyTorch has it. Lengths change as `conv1d` says. Options: `stride` `kernel_size`, `padding` 0\n\
          (at most half of a window).",
    example: "let x = tensor([[[1.0], [3.0], [2.0], [0.0]]]);\n\
          assert_eq(avg_pool1d(2).forward(x).values, tensor([[[2.0], [1.0]]]));",
    build: Build::One("kernel_size", |options| read(Pooled::Mean, options)),
};

fn read(pooled: Pooled, options: &mut dyn ReadOptions) -> Result<OfOne> {
    let stride = options.optional_integer("stride")?;
    let padding = options.integer("padding", 0)?;
    let dilation = if pooled == Pooled::Max { options.integer("dilation", 1)? } else { 1 };
    Ok(Box::new(move |kernel| Ok(Rc::new(Pool1d::new(pooled, kernel, stride, padding, dilation)?))))
}

/// What is taken of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooled {
    Max,
    Mean,
}

impl Pooled {
    fn name(self) -> &'static str {
        match self {
            Pooled::Max => "max_pool1d",
            Pooled::Mean => "avg_pool1d",
        }
    }
}

/// PyTorch's `MaxPool1d` or `AvgPool1d` over sequences.
#[derive(Debug)]
pub struct Pool1d {
    pooled: Pooled,
    windows: Windows,
}

impl Pool1d {
    /// The stride is the kernel's size where none is given.
    ///
    /// # Errors
    /// A kernel, stride or dilation below 1, a padding below 0 or of more than half a window.
    pub fn new(pooled: Pooled, kernel: i64, stride: Option<i64>, padding: i64, dilation: i64) -> Result<Pool1d> {
        let name = pooled.name();
        let windows = Windows { kernel, stride: stride.unwrap_or(kernel), dilation, before: padding, after: padding };
        let windows = windows.checked(name)?;
        // A window would see nothing but padding.
        if padding > kernel / 2 {
            return Err(Error::value(format!(
                "{name}: padding must be at most half of kernel_size, got {padding} for {kernel}"
            )));
        }
        Ok(Pool1d { pooled, windows })
    }
}

impl Module for Pool1d {
    fn type_name(&self) -> &str {
        match self.pooled {
            Pooled::Max => "MaxPool1d",
            Pooled::Mean => "AvgPool1d",
        }
    }

    fn describe(&self) -> String {
        let Windows { kernel, stride, dilation, before, .. } = self.windows;
        let mut text = kernel.to_string();
        for (name, n, usual) in [("stride", stride, kernel), ("padding", before, 0), ("dilation", dilation, 1)] {
            if n != usual {
                text += &format!(", {name}={n}");
            }
        }
        text
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let layer = format!("{}({})", self.pooled.name(), self.describe());
        let s = input.sequence(&layer)?;
        self.windows.check(&s, None, matches!(input, Value::Tensor(_)), &layer)?;
        let outputs = self.windows.over(s.layout())?;
        let y = match (kernel::takes(&s), self.pooled) {
            (true, pooled) => {
                let x = s.to_packed()?;
                let made = kernel::pool1d(&x, pooled == Pooled::Mean, &self.windows, [s.layout(), &outputs]);
                made.during(pooled.name(), &[&x])?
            }
            (false, Pooled::Max) => generic::max_pool1d(&s, &self.windows, &outputs)?,
            (false, Pooled::Mean) => generic::avg_pool1d(&s, &self.windows, &outputs)?,
        };
        Ok(Sequence::packed(y, outputs)?.into())
    }

    fn replicate(&self, _: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Pool1d { ..*self }))
    }
}
