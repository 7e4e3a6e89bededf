//! Convolution along the positions of sequences.

use super::shape::Windows;
use super::{generic, kernel};
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::models::module::EXAMPLE_LENGTH;
use crate::ml::models::{Build, Module, Pass, Replica, Row, init};
use crate::ml::options::ReadOptions;
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(in crate::ml::models) const ROW: Row = Row {
    name: "conv1d",
    doc: "A convolution along the positions of sequences, `[batch, length, in]` → `[batch, length', out]`; what lies beyond a row's\n\
          ends counts as zero. A row's length becomes PyTorch's `⌊(length + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`,\n\
          and at least 1. Parameters `weight` `[out, in / groups, kernel_size]` and `bias` `[out]` start uniform in\n\
          ±1/√(in / groups · kernel_size). Options:\n\
          - `stride` 1, `dilation` 1, `groups` 1, `bias` true\n\
          - `padding` 0: positions before and behind each row; `\"same\"` keeps the length",
    example: "let net = conv1d(3, 8, 5, #{ padding: \"same\" });\n\
          assert_eq(net.forward(zeros([2, 7, 3])).values.shape, [2, 7, 8]);",
    build: Build::Three(["in_channels", "out_channels", "kernel_size"], |options| {
        let options = ConvOptions::read(options)?;
        Ok(Box::new(move |inputs, outputs, kernel| Ok(Rc::new(Conv1d::new(inputs, outputs, kernel, options)?))))
    }),
};

/// What stands before and behind each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// So many zeros on both sides.
    Zeros(i64),
    /// As many as keep the length; of an odd number one more behind, as PyTorch has it. For a stride of 1.
    Same,
}

/// PyTorch's options of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvOptions {
    pub stride: i64,
    pub padding: Padding,
    pub dilation: i64,
    pub groups: i64,
    pub bias: bool,
}

impl Default for ConvOptions {
    fn default() -> Self {
        ConvOptions { stride: 1, padding: Padding::Zeros(0), dilation: 1, groups: 1, bias: true }
    }
}

impl ConvOptions {
    fn read(options: &mut dyn ReadOptions) -> Result<ConvOptions> {
        Ok(ConvOptions {
            stride: options.integer("stride", 1)?,
            padding: options.integer_or("padding", 0, "same")?.map_or(Padding::Same, Padding::Zeros),
            dilation: options.integer("dilation", 1)?,
            groups: options.integer("groups", 1)?,
            bias: options.boolean("bias", true)?,
        })
    }

    fn windows(&self, kernel: i64) -> Result<Windows> {
        let Padding::Zeros(padding) = self.padding else {
            let whole = Windows { kernel, stride: self.stride, dilation: self.dilation, before: 0, after: 0 }
                .checked("conv1d")?;
            if self.stride != 1 {
                let stride = self.stride;
                return Err(Error::value(format!(
                    "conv1d: padding \"same\" keeps lengths with a stride of 1 only, got {stride}"
                )));
            }
            let all = whole.span() - 1;
            return Ok(Windows { before: all / 2, after: all - all / 2, ..whole });
        };
        Windows { kernel, stride: self.stride, dilation: self.dilation, before: padding, after: padding }
            .checked("conv1d")
    }
}

/// PyTorch's `Conv1d` over sequences: `[batch, length, in]` → `[batch, length', out]`.
#[derive(Debug)]
pub struct Conv1d {
    /// `[out, in / groups, kernel]`.
    weight: Tensor,
    /// `[out]`.
    bias: Option<Tensor>,
    windows: Windows,
    options: ConvOptions,
}

/// Below this many features a group, products are too small to be worth the kernel.
const SMALL_GROUP: i64 = 8;

impl Conv1d {
    /// Weight and bias start uniform in ±1/√(in / groups · kernel), as in PyTorch.
    ///
    /// # Errors
    /// A size, stride or dilation below 1, a padding below 0, groups that do not divide both numbers of channels, `"same"` with a stride.
    pub fn new(inputs: i64, outputs: i64, kernel: i64, options: ConvOptions) -> Result<Conv1d> {
        init::at_least_one("conv1d", "in_channels", inputs)?;
        init::at_least_one("conv1d", "out_channels", outputs)?;
        init::at_least_one("conv1d", "groups", options.groups)?;
        let windows = options.windows(kernel)?;
        let groups = options.groups;
        if inputs % groups != 0 || outputs % groups != 0 {
            return Err(Error::value(format!(
                "conv1d: groups must divide in_channels and out_channels, got {groups} for {inputs} and {outputs}"
            )));
        }
        let bound = ((inputs / groups * kernel) as f64).sqrt().recip();
        let weight = init::uniform(&[outputs, inputs / groups, kernel], bound)?;
        let bias = if options.bias { Some(init::uniform(&[outputs], bound)?) } else { None };
        Ok(Conv1d { weight, bias, windows, options })
    }

    fn inputs(&self) -> i64 {
        self.weight.size()[1] * self.options.groups
    }

    fn outputs(&self) -> i64 {
        self.weight.size()[0]
    }

    fn kernel_takes(&self, s: &Sequence) -> bool {
        let groups = self.options.groups;
        let wide = groups == 1 || (self.inputs() / groups).min(self.outputs() / groups) >= SMALL_GROUP;
        wide && kernel::takes(s) && self.weight.kind() == Kind::Float
    }
}

impl Module for Conv1d {
    fn type_name(&self) -> &str {
        "Conv1d"
    }

    fn describe(&self) -> String {
        let ConvOptions { stride, padding, dilation, groups, bias } = self.options;
        let mut text = format!("{}, {}, {}", self.inputs(), self.outputs(), self.windows.kernel);
        for (name, n, usual) in [("stride", stride, 1), ("dilation", dilation, 1), ("groups", groups, 1)] {
            if n != usual {
                text += &format!(", {name}={n}");
            }
        }
        match padding {
            Padding::Zeros(0) => {}
            Padding::Zeros(n) => text += &format!(", padding={n}"),
            Padding::Same => text += ", padding=\"same\"",
        }
        if bias { text } else { text + ", bias=false" }
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        let layer = format!("conv1d({})", self.describe());
        let s = input.sequence(&layer)?;
        self.windows.check(&s, Some(self.inputs()), matches!(input, Value::Tensor(_)), &layer)?;
        let outputs = self.windows.over(s.layout())?;
        let (weight, bias) = (&self.weight, self.bias.as_ref());
        let y = match self.kernel_takes(&s) {
            true => kernel::conv1d(&s.to_packed()?, weight, bias, &self.windows, [s.layout(), &outputs])?,
            false => generic::conv1d(&s, weight, bias, &self.windows, self.options.groups, &outputs)?,
        };
        Ok(Sequence::packed(y, outputs)?.into())
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let bias = self.bias.iter().map(|b| ("bias".to_string(), b.shallow_clone()));
        std::iter::once(("weight".to_string(), self.weight.shallow_clone())).chain(bias).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let bias = self.bias.as_ref().map(|b| replica.tensor(b)).transpose()?;
        let Conv1d { windows, options, .. } = *self;
        Ok(Rc::new(Conv1d { weight: replica.tensor(&self.weight)?, bias, windows, options }))
    }

    fn example_input(&self) -> Option<Value> {
        let length = EXAMPLE_LENGTH.max(self.windows.span());
        Tensor::f_zeros([1, length, self.inputs()], (Kind::Float, self.weight.device())).ok().map(Value::from)
    }
}
