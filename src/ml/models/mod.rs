//! Networks. [`Module`] is what every layer implements; a new layer is a new file here and a constructor beside it.

mod activation;
pub mod bert;
mod dropout;
mod embedding;
mod init;
mod layer_norm;
mod linear;
mod parameters;
mod pass;
mod recurrent;
mod replica;
mod sequential;
mod summary;

pub use activation::{Activation, activation_names};
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use parameters::{
    Count, Norm, count, named_parameters, norms, parameters, set_trained, to_device, trainable_parameters,
};
pub use pass::{Host, Pass};
pub use recurrent::{Lstm, LstmOptions, Readout};
pub use replica::{CopyHost, Replica, duplicate, ensure_grad};
pub use sequential::Sequential;
pub use summary::{Layer as SummaryLayer, Summary, summary};

use crate::error::Result;
use crate::ml::batch::Value;
use std::rc::Rc;
use tch::Tensor;

/// The length of the sequences that layers show to a summary.
const EXAMPLE_LENGTH: i64 = 8;

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
