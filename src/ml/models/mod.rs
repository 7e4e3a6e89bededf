//! Networks. [`Module`] is what every layer implements; a new layer is a new file with its [`Row`], which [`TABLE`] lists.

mod activation;
mod dropout;
mod embedding;
pub mod encoder;
mod init;
mod layer_norm;
mod linear;
mod modes;
mod module;
mod parameters;
mod pass;
mod readout;
mod recurrent;
mod replica;
mod row;
mod saved;
mod sequential;
mod summary;
mod table;

pub use activation::{Activation, activation_names};
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use modes::Modes;
pub use module::Module;
pub use parameters::{
    Count, Norm, count, named_parameters, norms, parameters, set_trained, to_device, trainable_parameters,
};
pub use pass::{Host, Pass};
pub use readout::Readout;
pub use recurrent::{Cell, Nonlinearity, Recurrent, RecurrentOptions};
pub use replica::{CopyHost, Replica, duplicate, ensure_grad};
pub use row::{Build, OfOne, OfTwo, Row};
pub use saved::{assign, load_module, save_module};
pub use sequential::Sequential;
pub use summary::{Layer as SummaryLayer, Summary, outline, summary};
pub use table::TABLE;
