//! Networks. [`Module`] is what every layer implements; a new layer is a new file here and a constructor beside it.

mod pass;
mod value;

pub use pass::{Host, Pass};
pub use value::{Sequence, Value};

use crate::error::Result;
use std::rc::Rc;
use tch::Tensor;

/// A layer or a network of layers.
pub trait Module {
    /// PyTorch's name of the layer: `Linear`, `LSTM`.
    fn type_name(&self) -> &str;

    /// What the constructor was told, for prints and summaries: `100, 128, readout="max"`.
    fn describe(&self) -> String;

    /// # Errors
    /// An input of a shape or kind that the layer cannot take: names the layer, what came, what it expects.
    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value>;

    /// The layer's own parameters under PyTorch's names, in PyTorch's order; not those of its children.
    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        Vec::new()
    }

    /// The networks inside this one, under the names that go in front of their parameters' names.
    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        Vec::new()
    }

    /// Switches between training and evaluation; layers that behave differently keep the flag.
    fn set_training(&self, training: bool) {
        for (_, child) in self.children() {
            child.set_training(training);
        }
    }

    /// An input of batch size 1 that the layer accepts, where it can tell; summaries run it to learn the shapes.
    fn example_input(&self) -> Option<Value> {
        None
    }
}

/// All parameters of a network, named by their path as in PyTorch's `state_dict` (`layer.0.weight`).
pub fn named_parameters(module: &dyn Module) -> Vec<(String, Tensor)> {
    let mut all = module.own_parameters();
    for (name, child) in module.children() {
        let inner = named_parameters(child.as_ref());
        all.extend(inner.into_iter().map(|(n, p)| (format!("{name}.{n}"), p)));
    }
    all
}
