//! What a script holds of each object, one type a file, below all else in `api`. Copies of a handle are the same object, and its
//! memory goes with the last of them.
//!
//! Here stands what a handle itself is: how it is made, and what other objects may do with it. What a script can call stands in
//! the folder or file of the object. Below a type stands its row, `KIND`, where it has a state, is copied for a fork, or tells its
//! size or its fields; [`KINDS`] lists the rows.

mod batch;
mod batches;
mod dataset;
mod encoded;
mod group;
mod history;
mod kinds;
mod meter;
mod network;
mod optimizer;
mod progress;
mod run;
mod sequence;
mod snapshot;
mod stopwatch;
mod tensor;
mod texts;
mod tokenizer;
mod tokens;
mod training;
mod turn;
mod vectors;
mod vocabulary;

pub use batch::BatchHandle;
pub use batches::BatchesHandle;
pub use dataset::DatasetHandle;
pub use encoded::EncodedHandle;
pub use group::GroupHandle;
pub use history::History;
pub use kinds::KINDS;
pub use meter::MeterHandle;
pub use network::Network;
pub use optimizer::OptimizerHandle;
pub use progress::ProgressHandle;
pub use run::RunHandle;
pub use sequence::SequenceHandle;
pub use snapshot::{Snapshot, SnapshotHandle};
pub use stopwatch::StopwatchHandle;
pub use tensor::TensorHandle;
pub use texts::TextsHandle;
pub use tokenizer::TokenizerHandle;
pub use tokens::TokensHandle;
pub use training::TrainingHandle;
pub use turn::TurnHandle;
pub use vectors::VectorsHandle;
pub use vocabulary::VocabularyHandle;
