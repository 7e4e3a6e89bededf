//! What every layer implements.

use super::pass::{self, Pass, Trace};
use super::readout::Readout;
use super::replica::Replica;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::batch::Value;
use std::any::Any;
use std::path::Path;
use std::rc::Rc;
use tch::Tensor;

/// The length of the sequences that layers show to a summary.
pub(super) const EXAMPLE_LENGTH: i64 = 8;

/// A pre-trained encoder, for who writes a folder of it again.
pub struct Pretrained<'a> {
    /// The folder with its configuration and its tokenizer; none of one that was drawn by the seed.
    pub folder: Option<&'a Path>,
    /// What it hands on to the layers behind it.
    pub readout: Readout,
}

/// A layer or a network of layers.
pub trait Module {
    /// PyTorch's name of the layer: `Linear`, `LSTM`.
    fn type_name(&self) -> &str;

    /// What the constructor was told, for prints and summaries: `100, 128, readout="max"`.
    fn describe(&self) -> String;

    /// # Errors
    /// An input of a shape or kind that the layer cannot take: names the layer, what came, what it expects.
    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value>;

    /// The same of two inputs: what attends, and what it attends to.
    ///
    /// # Errors
    /// A layer that takes one.
    fn forward_with(&self, _input: &Value, _memory: &Value, _pass: &Pass) -> Result<Value> {
        Err(Error::value(format!("{} takes one input; multihead_attention takes two", self.type_name())))
    }

    /// The layer's own parameters under PyTorch's names, in PyTorch's order; not those of its children.
    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// What the layer keeps besides parameters: saved and copied with them, and never trained. Under PyTorch's names.
    fn own_buffers(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// The networks inside this one, under the names that go in front of their parameters' names.
    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        Vec::new()
    }

    /// How many tokens a row may have at most, where something says.
    fn max_len(&self) -> Option<i64> {
        None
    }

    /// What the scores that it gives are called, one name for each class, where it knows.
    fn class_names(&self) -> Option<&[String]> {
        None
    }

    /// Where the layer computes by a function of the program around this library: that function, which only the program knows.
    fn forward_of_the_host(&self) -> Option<&dyn Any> {
        None
    }

    /// Where it was read from, if it is the encoder of a pre-trained model.
    fn pretrained(&self) -> Option<Pretrained<'_>> {
        None
    }

    /// The layer's own training flag, where it keeps one; containers and layers that do not care have none.
    fn training(&self) -> Option<bool> {
        None
    }

    /// Switches between training and evaluation; layers that behave differently keep the flag.
    fn set_training(&self, training: bool) {
        for (_, child) in self.children() {
            child.set_training(training);
        }
    }

    /// An independent copy, its parameters and parts taken from `replica`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>>;

    /// An input of batch size 1 that the layer accepts, where it can tell; summaries run it to learn the shapes.
    fn example_input(&self) -> Option<Value> {
        None
    }
}

impl Pass<'_> {
    /// Runs one layer. Networks run their children through this, never by `forward`, so that a trace sees them all, and that a
    /// Ctrl-C is heard between two layers.
    ///
    /// # Errors
    /// Those of the layer, and an interrupt.
    pub fn run(&self, module: &Rc<dyn Module>, input: &Value) -> Result<Value> {
        interrupt::check()?;
        let output = module.forward(input, self)?;
        pass::record(address(module), &output);
        Ok(output)
    }

    /// The same of two inputs.
    ///
    /// # Errors
    /// Those of the layer, and an interrupt.
    pub fn run_with(&self, module: &Rc<dyn Module>, input: &Value, memory: &Value) -> Result<Value> {
        interrupt::check()?;
        let output = module.forward_with(input, memory, self)?;
        pass::record(address(module), &output);
        Ok(output)
    }
}

impl Trace {
    /// The shape that was seen last for `module`.
    pub fn shape_of(&self, module: &Rc<dyn Module>) -> Option<Vec<i64>> {
        self.shape_at(address(module))
    }
}

impl Replica {
    /// The copy of a network.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn module(&mut self, original: &Rc<dyn Module>) -> Result<Rc<dyn Module>> {
        self.once(address(original), |replica| original.replicate(replica))
    }

    /// The copies of a network's parts, under their names.
    ///
    /// # Errors
    /// As [`Replica::module`].
    pub fn children(&mut self, of: &[(String, Rc<dyn Module>)]) -> Result<Vec<(String, Rc<dyn Module>)>> {
        of.iter().map(|(name, child)| Ok((name.clone(), self.module(child)?))).collect()
    }
}

/// What tells layers apart.
fn address(module: &Rc<dyn Module>) -> *const () {
    Rc::as_ptr(module).cast()
}
