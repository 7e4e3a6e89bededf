//! Networks. [`Module`] is what every layer implements; a new layer is a new file with its [`Row`], which [`TABLE`] lists.

mod activation;
mod attention;
mod batch_norm;
mod buffers;
mod dropout;
mod embedding;
mod embedding_bag;
pub mod encoder;
mod global_pool;
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
mod residual;
mod rms_norm;
mod row;
mod saved;
mod sequential;
mod statistics;
mod summary;
mod table;
mod windows;

pub use activation::{Activation, activation_names};
pub use attention::{
    AttentionOptions, FeedForward, LayerOptions, MultiheadAttention, Positions, TransformerEncoder,
    TransformerEncoderLayer, TransformerOptions,
};
pub use batch_norm::{BatchNorm, BatchNormOptions};
pub use buffers::{named_buffers, named_state};
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use embedding_bag::{BagMode, BagOptions, EmbeddingBag};
pub use global_pool::{GlobalPool, Over};
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use modes::Modes;
pub use module::{Module, Pretrained};
pub use parameters::{
    Count, Norm, count, named_parameters, norms, parameters, set_trained, to_device, trainable_parameters,
};
pub use pass::{Host, Pass};
pub use readout::Readout;
pub use recurrent::{Cell, Nonlinearity, Recurrent, RecurrentOptions};
pub use replica::{CopyHost, Replica, duplicate, ensure_grad};
pub use residual::Residual;
pub use rms_norm::RmsNorm;
pub use row::{Build, OfOne, OfThree, OfTwo, Row};
pub use saved::{assign, load_module, save_module};
pub use sequential::Sequential;
pub use statistics::without_statistics;
pub use summary::{Layer as SummaryLayer, Summary, outline, summary};
pub use table::TABLE;
pub use windows::{Conv1d, ConvOptions, Padding, Pool1d, Pooled};
